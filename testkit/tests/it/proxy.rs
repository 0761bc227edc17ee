//! The network that fails does so as it was told.

use std::time::{Duration, Instant};

use testkit::proxy::{Proxy, Weather};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const SHORT: Duration = Duration::from_millis(100);

/// A server that sends back what it receives, behind a proxy, and a connection to it.
async fn echo() -> (Proxy, String, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("echo://user:word@{}/path", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = socket.split();
                tokio::io::copy(&mut from, &mut to).await
            });
        }
    });
    let (proxy, through) = Proxy::before_url(&url).await;
    let host = through.strip_prefix("echo://user:word@").unwrap().strip_suffix("/path").unwrap().to_owned();
    let socket = TcpStream::connect(&host).await.unwrap();
    (proxy, host, socket)
}

async fn say(socket: &mut TcpStream, word: &[u8; 4]) -> std::io::Result<[u8; 4]> {
    socket.write_all(word).await?;
    let mut heard = [0; 4];
    socket.read_exact(&mut heard).await.map(|_| heard)
}

#[tokio::test]
async fn in_fair_weather_everything_passes_and_in_slow_weather_it_takes_its_time() {
    let (proxy, _, mut socket) = echo().await;
    assert_eq!(&say(&mut socket, b"fair").await.unwrap(), b"fair");
    proxy.set(Weather::Slow(SHORT));
    let began = Instant::now();
    assert_eq!(&say(&mut socket, b"slow").await.unwrap(), b"slow");
    assert!(began.elapsed() >= SHORT * 2, "there and back: {:?}", began.elapsed());
}

#[tokio::test]
async fn what_was_sent_while_all_stood_still_arrives_later_and_what_was_lost_does_not() {
    let (proxy, _, mut socket) = echo().await;
    proxy.set(Weather::Still);
    assert!(timeout(SHORT, say(&mut socket, b"late")).await.is_err());
    proxy.set(Weather::Fair);
    let mut heard = [0; 4];
    socket.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"late");
    proxy.set(Weather::Lossy);
    assert!(timeout(SHORT, say(&mut socket, b"lost")).await.is_err());
    proxy.set(Weather::Fair);
    assert_eq!(&say(&mut socket, b"next").await.unwrap(), b"next");
}

#[tokio::test]
async fn a_cut_resets_open_connections_and_lets_new_ones_pass_afterwards() {
    let (proxy, host, mut socket) = echo().await;
    proxy.cut_once().await;
    let error = say(&mut socket, b"gone").await.unwrap_err();
    assert!(
        [std::io::ErrorKind::ConnectionReset, std::io::ErrorKind::BrokenPipe].contains(&error.kind()),
        "{error}"
    );
    let mut anew = TcpStream::connect(host).await.unwrap();
    assert_eq!(&say(&mut anew, b"anew").await.unwrap(), b"anew");
}
