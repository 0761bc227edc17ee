//! All browsers of this replica, and the task that hands them what workers publish.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use platform::events::{Event, Subscription};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::task::TaskTracker;

use super::client::Client;

/// The browsers of this replica.
#[derive(Default)]
pub struct Hub {
    clients: RwLock<HashMap<u64, Arc<Client>>>,
    next: AtomicU64,
    /// Connections still open, for the graceful end.
    pub(crate) connections: TaskTracker,
}

/// A place in the hub; leaving is dropping it.
pub struct Seat {
    hub: Arc<Hub>,
    number: u64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.clients.write().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
        self.hub.count();
    }
}

impl Hub {
    /// A hub that hands on `events` from now on.
    #[must_use]
    pub fn start(events: &Subscription) -> Arc<Self> {
        let hub = Arc::new(Self::default());
        let (mut events, listener) = (events.listen(), Arc::clone(&hub));
        tokio::spawn(async move {
            loop {
                match events.recv().await {
                    Ok(event) => listener.deliver(&event),
                    Err(RecvError::Lagged(lost)) => {
                        listener.clients().iter().for_each(|c| c.outgoing.lost(lost));
                    }
                    Err(RecvError::Closed) => return,
                }
            }
        });
        hub
    }

    /// Takes a seat for `client`.
    #[must_use]
    pub fn join(self: &Arc<Self>, client: Arc<Client>) -> Seat {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.clients.write().unwrap_or_else(PoisonError::into_inner).insert(number, client);
        self.count();
        Seat { hub: Arc::clone(self), number }
    }

    /// Everybody connected now.
    #[must_use]
    pub fn clients(&self) -> Vec<Arc<Client>> {
        self.clients.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn deliver(&self, event: &Event) {
        let text: Arc<str> = event.message.get().into();
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        clients.values().for_each(|client| client.offer(event, &text));
    }

    fn count(&self) {
        let connected = self.clients.read().unwrap_or_else(PoisonError::into_inner).len();
        metrics::gauge!("rollcall_websocket_connections").set(connected as f64);
    }
}
