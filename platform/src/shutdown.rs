//! One signal for everybody: SIGTERM or SIGINT asks all tasks to drain, a second SIGINT ends the process at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Tells tasks when to stop; clones share the signal.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// A signal that nothing has given yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens for the operating system's signals from now on.
    ///
    /// # Errors
    /// The operating system refuses the handlers.
    pub fn on_signals() -> std::io::Result<Self> {
        let shutdown = Self::new();
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let told = shutdown.clone();
        tokio::spawn(async move {
            tokio::select! { _ = term.recv() => {} _ = int.recv() => {} }
            tracing::info!("asked to stop: draining");
            told.start();
            int.recv().await;
            tracing::warn!("asked to stop at once");
            std::process::exit(1);
        });
        Ok(shutdown)
    }

    /// Asks everybody to stop.
    pub fn start(&self) {
        self.0.cancel();
    }

    /// Whether the signal was given.
    #[must_use]
    pub fn started(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits for the signal.
    pub async fn wait(&self) {
        self.0.cancelled().await;
    }

    /// The same signal as a token, for libraries that take one.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.0.clone()
    }
}
