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

/// Nothing was read or written for so long.
const IDLE: Duration = Duration::from_secs(75);

/// So long after the first byte of a request we must have begun to answer it.
const REQUEST: Duration = Duration::from_secs(120);

/// An accepted connection, and its place among all.
pub struct Connection {
    socket: TcpStream,
    deadline: Pin<Box<Sleep>>,
    /// When the request that is being read began; nothing while we write or wait.
    began: Option<Instant>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Connection {
    pub(super) fn new(socket: TcpStream, place: Option<OwnedSemaphorePermit>) -> Self {
        Self { socket, deadline: Box::pin(sleep(IDLE)), began: None, _place: place }
    }

    fn has_read(&mut self) {
        let now = Instant::now();
        let end = *self.began.get_or_insert(now) + REQUEST;
        self.deadline.as_mut().reset(end.min(now + IDLE));
    }

    fn has_written(&mut self) {
        self.began = None;
        self.deadline.as_mut().reset(Instant::now() + IDLE);
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
