//! A network that fails: a TCP proxy in front of a server, which delays what passes through it, swallows it, stands still,
//! or cuts connections, as the test says, for connections that are open and for new ones.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// How the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes at once.
    Fair,
    /// Everything passes, each piece after so long.
    Slow(Duration),
    /// Nothing passes and nothing is lost: what was sent arrives when the weather changes.
    Still,
    /// What is sent is lost, and nobody is told: a cable is cut, a firewall drops.
    Lossy,
    /// Connections are reset, open ones and new ones.
    Cut,
}

/// A proxy in front of one address; its connections end when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port for what is meant for `host` (with its port).
    pub async fn before(host: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (weather, seen) = watch::channel(Weather::Fair);
        let task = tokio::spawn(accept(listener, host.to_owned(), seen));
        Self { address, weather, task }
    }

    /// A proxy before the server of a URL, and the URL that leads through it.
    pub async fn before_url(url: &str) -> (Self, String) {
        let after_scheme = url.find("://").map_or(0, |at| at + 3);
        let end = url[after_scheme..].find('/').map_or(url.len(), |at| after_scheme + at);
        let begin = url[..end].rfind('@').map_or(after_scheme, |at| at + 1);
        let proxy = Self::before(&url[begin..end]).await;
        let through = format!("{}{}{}", &url[..begin], proxy.address, &url[end..]);
        (proxy, through)
    }

    /// Changes how the network is, from now on.
    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Resets every open connection, and lets new ones pass.
    pub async fn cut_once(&self) {
        self.set(Weather::Cut);
        sleep(Duration::from_millis(50)).await;
        self.set(Weather::Fair);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, host: String, weather: watch::Receiver<Weather>) {
    // The connections' tasks end with the set, and the set with this task.
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        while connections.try_join_next().is_some() {}
        connections.spawn(join(client, host.clone(), weather.clone()));
    }
}

/// Joins a client to the server until one of them ends, or the weather cuts them.
async fn join(client: TcpStream, host: String, mut weather: watch::Receiver<Weather>) {
    // A reset, not an orderly end, is what a cut looks like.
    let _ = client.set_zero_linger();
    if *weather.borrow() == Weather::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(&host).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::select! {
        _ = pass(from_client, to_server, weather.clone()) => {}
        _ = pass(from_server, to_client, weather.clone()) => {}
        _ = weather.wait_for(|now| *now == Weather::Cut) => {}
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut weather: watch::Receiver<Weather>,
) -> io::Result<()> {
    let mut buffer = vec![0; 65_536];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        let now = *weather.borrow();
        match now {
            Weather::Fair | Weather::Cut => {}
            Weather::Slow(pause) => sleep(pause).await,
            Weather::Still => drop(weather.wait_for(|now| *now != Weather::Still).await),
            Weather::Lossy => continue,
        }
        to.write_all(&buffer[..count]).await?;
    }
}
