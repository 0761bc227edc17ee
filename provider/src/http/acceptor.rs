//! Accepts connections: without Nagle's delay, and with a pause when the system is out of file descriptors, in which
//! case accepting would otherwise fail again at once, forever.

use std::io;
use std::time::Duration;

use poem::http::uri::Scheme;
use poem::listener::{Acceptor, TcpAcceptor};
use poem::web::{LocalAddr, RemoteAddr};
use tokio::net::{TcpListener, TcpStream};

const PAUSE: Duration = Duration::from_millis(100);

/// A listening socket.
pub(super) struct PromptAcceptor(TcpAcceptor);

impl PromptAcceptor {
    pub(super) fn new(listener: TcpListener) -> io::Result<Self> {
        TcpAcceptor::from_tokio(listener).map(Self)
    }
}

impl Acceptor for PromptAcceptor {
    type Io = TcpStream;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.0.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(TcpStream, LocalAddr, RemoteAddr, Scheme)> {
        loop {
            match self.0.accept().await {
                Ok((stream, local, remote, scheme)) => {
                    // A connection that is closed already has no delay either.
                    let _ = stream.set_nodelay(true);
                    return Ok((stream, local, remote, scheme));
                }
                Err(error) => {
                    tracing::warn!(error = %error, "no connection can be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}
