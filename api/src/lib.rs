//! The HTTP and WebSocket API. [`run`] is the one entry, for the binary and for tests alike: settings in, a listener
//! to serve on, and a signal to drain.

pub mod app;
pub mod audit;
pub mod auth;
pub mod call;
pub mod clock;
pub mod envelope;
pub mod error;
pub mod extract;
pub mod machinery;
pub mod middleware;
pub mod openapi;
pub mod operations;
pub mod polled;
pub mod routes;
pub mod server;
pub mod state;
pub mod timestamp;
pub mod ws;

use std::{sync::Arc, time::Duration};

use platform::{Settings, launch::Context};
use server::{BoundedAcceptor, MAX_CONNECTIONS, serve};
pub use state::{App, StartError};
use tokio::{net::TcpListener, time::timeout};

/// Longest time that calls in progress get to end after the signal.
const DRAIN: Duration = Duration::from_secs(10);

/// Longest time for browsers to take the closing frame.
const GOODBYE: Duration = Duration::from_secs(3);

/// Serves on `listener` until the shutdown signal, then lets calls end and says goodbye to browsers.
///
/// # Errors
/// See [`StartError`].
pub async fn run(settings: Settings, listener: TcpListener, context: Context) -> Result<(), StartError> {
    let Context { shutdown, metrics } = context;
    let app = App::connect(settings, shutdown.clone()).await?;
    let endpoint = app::build(&app, metrics)?;
    auth::password::prepare();
    tokio::spawn(ws::watch(Arc::clone(&app)));
    serve(BoundedAcceptor::new(listener, MAX_CONNECTIONS), endpoint, shutdown, DRAIN).await;
    app.audit.finish().await;
    app.hub.connections.close();
    // Whoever does not take the frame in time is cut off with the process.
    let _ = timeout(GOODBYE, app.hub.connections.wait()).await;
    Ok(())
}
