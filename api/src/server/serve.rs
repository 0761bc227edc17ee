//! Answers on accepted connections until the signal to stop, then lets calls end. poem's own server does the same, and copies every
//! answer into one more buffer on its way to the socket, because it hides connections behind a type that cannot write
//! from several places at once; here hyper writes a list that is kept ready straight from where it is kept.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use platform::Shutdown;
use poem::{
    Endpoint, IntoEndpoint,
    http::uri::Scheme,
    listener::Acceptor as _,
    web::{LocalAddr, RemoteAddr},
};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{acceptor::BoundedAcceptor, connection::Connection};

/// Serves `app` until `shutdown`, then for `drain` at most until the last call has its answer; whoever is still not done then is
/// cut off.
pub async fn serve<A>(mut acceptor: BoundedAcceptor, app: A, shutdown: Shutdown, drain: Duration)
where
    A: IntoEndpoint,
    A::Endpoint: 'static,
{
    let (app, connections, cut) =
        (Arc::new(app.into_endpoint()), TaskTracker::new(), CancellationToken::new());
    loop {
        let (connection, local, remote) = tokio::select! {
            () = shutdown.wait() => break,
            accepted = acceptor.accept() => match accepted {
                Ok((connection, local, remote, _)) => (connection, local, remote),
                // The acceptor has logged it, and has paused.
                Err(_) => continue,
            },
        };
        let talk = converse(connection, (local, remote), Arc::clone(&app), shutdown.clone());
        let cut = cut.clone();
        connections.spawn(async move { cut.run_until_cancelled(talk).await });
    }
    drop(acceptor);
    connections.close();
    if timeout(drain, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "calls are cut off");
        cut.cancel();
    }
}

/// Answers one connection's calls. How it ends is the peer's affair.
async fn converse<E: Endpoint + 'static>(
    connection: Connection,
    (local, remote): (LocalAddr, RemoteAddr),
    app: Arc<E>,
    shutdown: Shutdown,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let request = (request, local.clone(), remote.clone(), Scheme::HTTP).into();
        let app = Arc::clone(&app);
        async move { Ok::<hyper::Response<_>, Infallible>(app.get_response(request).await.into()) }
    });
    let server = Builder::new(TokioExecutor::new());
    let mut talk = pin!(server.serve_connection_with_upgrades(TokioIo::new(connection), service));
    tokio::select! {
        _ = &mut talk => return,
        () = shutdown.wait() => {}
    }
    talk.as_mut().graceful_shutdown();
    let _ = talk.await;
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use poem::{Response, endpoint::make};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
        task::JoinHandle,
        time::sleep,
    };

    use super::*;

    /// A server whose answers take `work`, a call to it that has begun, and the signal to stop.
    async fn called(work: Duration, drain: Duration) -> (TcpStream, JoinHandle<()>, Shutdown) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shutdown) = (listener.local_addr().unwrap(), Shutdown::new());
        let app = make(move |_| async move {
            sleep(work).await;
            Response::builder().body("done")
        });
        let server = tokio::spawn(serve(BoundedAcceptor::new(listener, 10), app, shutdown.clone(), drain));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        sleep(Duration::from_millis(100)).await;
        (client, server, shutdown)
    }

    #[tokio::test]
    async fn a_call_that_has_begun_is_answered_after_the_signal() {
        let (mut client, server, shutdown) =
            called(Duration::from_millis(300), Duration::from_secs(10)).await;
        shutdown.start();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
        timeout(Duration::from_secs(5), server).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_call_that_does_not_end_is_cut_off() {
        let (mut client, server, shutdown) =
            called(Duration::from_secs(60), Duration::from_millis(200)).await;
        shutdown.start();
        timeout(Duration::from_secs(5), server).await.unwrap().unwrap();
        let mut answer = Vec::new();
        let _ = timeout(Duration::from_secs(5), client.read_to_end(&mut answer)).await.unwrap();
        assert!(answer.is_empty());
    }
}
