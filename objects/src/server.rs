//! The server: one task accepts connections, each connection is a task, and stopping waits for the requests
//! under way.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::files::Files;

/// How long requests under way may take when the server stops.
const DRAIN: Duration = Duration::from_secs(10);
/// Rest after a failed accept (too many open files, say), which would otherwise spin.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be made or opened.
    #[error("the folder of the objects cannot be used")]
    Root(#[source] io::Error),
    /// The address cannot be listened on.
    #[error("the address cannot be listened on")]
    Bind(#[source] io::Error),
}

/// A running server. Dropping it closes the listener at once; [`Server::stop`] lets requests finish.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Serves the buckets (folders) in `root` on `bind`; port 0 takes a free one. Only requests signed with this
/// key pair are answered, all others get 403.
///
/// # Errors
/// The folder or the address cannot be used.
pub async fn serve(
    root: &Path,
    bind: SocketAddr,
    access_key: &str,
    secret_key: &str,
) -> Result<Server, Error> {
    std::fs::create_dir_all(root).map_err(Error::Root)?;
    let files =
        s3s_fs::FileSystem::new(root).map_err(|error| Error::Root(io::Error::other(format!("{error:?}"))))?;
    let mut builder = S3ServiceBuilder::new(Files::new(files, root));
    builder.set_auth(SimpleAuth::from_single(access_key, secret_key));
    let listener = TcpListener::bind(bind).await.map_err(Error::Bind)?;
    let address = listener.local_addr().map_err(Error::Bind)?;
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(accept(listener, builder.build(), stopped));
    Ok(Server { address, stop, task })
}

impl Server {
    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new connection, waits for the requests under way, 10 s at most.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

/// Ends when `stopped` is sent, or its sender dropped.
async fn accept(listener: TcpListener, service: S3Service, mut stopped: oneshot::Receiver<()>) {
    let running = GracefulShutdown::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => answer(stream, service.clone(), &running),
                Err(_) => tokio::time::sleep(ACCEPT_REST).await,
            },
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(DRAIN, running.shutdown()).await;
}

fn answer(stream: TcpStream, service: S3Service, running: &GracefulShutdown) {
    // Small answers go out at once instead of waiting for an acknowledgement.
    let _ = stream.set_nodelay(true);
    let http = Builder::new(TokioExecutor::new());
    let connection = http.serve_connection(TokioIo::new(stream), service).into_owned();
    tokio::spawn(running.watch(connection));
}
