//! A connection with deadlines. hyper, as poem sets it up, waits for ever for the rest of a request; here a peer that
//! sends nothing for a while is dropped, and so is one that trickles a request without ever finishing it.

use std::{
    io::{Error, ErrorKind, IoSlice, Result},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, Sleep, sleep},
};

/// How patient we are with a peer.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// So long nothing may be read or written.
    pub idle: Duration,
    /// So long after the first byte of a request we must have begun to answer it.
    pub request: Duration,
}

impl Default for Patience {
    /// Longer than the 60 s that common proxies keep connections, and enough to upload pictures over a slow line.
    fn default() -> Self {
        Self { idle: Duration::from_secs(75), request: Duration::from_secs(120) }
    }
}

/// An accepted connection, and its place among all.
pub struct Connection {
    socket: TcpStream,
    patience: Patience,
    deadline: Pin<Box<Sleep>>,
    /// When the request that is being read began; nothing while we write or wait.
    began: Option<Instant>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Connection {
    pub(super) fn new(socket: TcpStream, patience: Patience, place: Option<OwnedSemaphorePermit>) -> Self {
        Self { socket, patience, deadline: Box::pin(sleep(patience.idle)), began: None, _place: place }
    }

    fn has_read(&mut self) {
        let now = Instant::now();
        let end = *self.began.get_or_insert(now) + self.patience.request;
        self.deadline.as_mut().reset(end.min(now + self.patience.idle));
    }

    fn has_written(&mut self) {
        self.began = None;
        let end = Instant::now() + self.patience.idle;
        self.deadline.as_mut().reset(end);
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        if let Poll::Ready(result) = Pin::new(&mut self.socket).poll_read(cx, buffer) {
            if buffer.filled().len() > before {
                self.has_read();
            }
            // The deadline holds even for a peer that always has another byte.
            if self.deadline.deadline() > Instant::now() {
                return Poll::Ready(result);
            }
        }
        ready!(self.deadline.as_mut().poll(cx));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the peer is too slow")))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = ready!(Pin::new(&mut self.socket).poll_write(cx, bytes));
        self.has_written();
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = ready!(Pin::new(&mut self.socket).poll_write_vectored(cx, bytes));
        self.has_written();
        Poll::Ready(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    const PATIENCE: Patience =
        Patience { idle: Duration::from_millis(300), request: Duration::from_millis(600) };
    const SHORT: Duration = Duration::from_millis(60);

    async fn pair() -> (Connection, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        (Connection::new(socket, PATIENCE, None), client)
    }

    async fn trickle(client: &mut TcpStream) {
        while client.write_u8(b'x').await.is_ok() {
            sleep(SHORT).await;
        }
    }

    #[tokio::test]
    async fn a_peer_that_sends_nothing_is_dropped() {
        let ((mut connection, _client), began) = (pair().await, Instant::now());
        let error = connection.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(began.elapsed() >= PATIENCE.idle);
    }

    #[tokio::test]
    async fn a_peer_that_trickles_a_request_is_dropped_too() {
        let ((mut connection, mut client), began) = (pair().await, Instant::now());
        let mut rest = Vec::new();
        let reading = connection.read_to_end(&mut rest);
        let error =
            tokio::select! { end = reading => end.unwrap_err(), () = trickle(&mut client) => unreachable!() };
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(began.elapsed() >= PATIENCE.request, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn an_answer_gives_the_peer_its_time_anew() {
        let ((mut connection, mut client), began) = (pair().await, Instant::now());
        while began.elapsed() < 2 * PATIENCE.request {
            client.write_u8(b'x').await.unwrap();
            connection.read_u8().await.unwrap();
            sleep(SHORT).await;
            connection.write_u8(b'y').await.unwrap();
        }
    }
}
