//! Accepts connections: no more than can be served, without Nagle's delay, and with a pause when the system refuses,
//! for example because no file descriptor is left; poem alone would spin.

use std::{io::Result, sync::Arc, time::Duration};

use poem::{
    Addr,
    http::uri::Scheme,
    listener::Acceptor,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::sleep,
};

use super::connection::{Connection, Patience};

/// Connections at a time; more wait in the system's backlog.
pub const MAX_CONNECTIONS: usize = 20_000;

const PAUSE: Duration = Duration::from_millis(50);

/// A listener that holds at most so many connections at a time.
pub struct BoundedAcceptor {
    listener: TcpListener,
    places: Arc<Semaphore>,
    /// Taken before the accept, so that a caller that gives up waiting loses nothing.
    place: Option<OwnedSemaphorePermit>,
}

impl BoundedAcceptor {
    /// Accepts from `listener`.
    #[must_use]
    pub fn new(listener: TcpListener, connections: usize) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(connections)), place: None }
    }
}

impl Acceptor for BoundedAcceptor {
    type Io = Connection;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.listener.local_addr().map(|addr| LocalAddr(Addr::SocketAddr(addr))).into_iter().collect()
    }

    async fn accept(&mut self) -> Result<(Connection, LocalAddr, RemoteAddr, Scheme)> {
        if self.place.is_none() {
            let place = Arc::clone(&self.places).acquire_owned().await;
            self.place = Some(place.map_err(std::io::Error::other)?);
        }
        match self.listener.accept().await {
            Ok((socket, peer)) => {
                // A socket that died between accept and here shows it at its first read.
                let _ = socket.set_nodelay(true);
                let local = socket.local_addr()?;
                let connection = Connection::new(socket, Patience::default(), self.place.take());
                Ok((
                    connection,
                    LocalAddr(Addr::SocketAddr(local)),
                    RemoteAddr(Addr::SocketAddr(peer)),
                    Scheme::HTTP,
                ))
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(PAUSE).await;
                Err(error)
            }
        }
    }
}
