//! The queue of messages to one browser: never more than 256; the oldest make room, and the browser is told how many
//! it lost.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::protocol;

/// Messages kept for a browser that reads too slowly.
pub const CAPACITY: usize = 256;

#[derive(Default)]
struct State {
    waiting: VecDeque<Arc<str>>,
    dropped: u64,
}

/// Messages on their way to one browser.
#[derive(Default)]
pub struct Outgoing {
    state: Mutex<State>,
    arrived: Notify,
}

impl Outgoing {
    /// Adds a message; never waits.
    pub fn push(&self, message: Arc<str>) {
        let mut state = self.lock();
        if state.waiting.len() == CAPACITY {
            state.waiting.pop_front();
            state.dropped += 1;
        }
        state.waiting.push_back(message);
        drop(state);
        self.arrived.notify_one();
    }

    /// Notes `count` messages that were lost before they came here.
    pub fn lost(&self, count: u64) {
        self.lock().dropped += count;
        self.arrived.notify_one();
    }

    /// The next message to send; the note of a loss comes before what survived it.
    pub async fn next(&self) -> Arc<str> {
        loop {
            if let Some(message) = self.take() {
                return message;
            }
            self.arrived.notified().await;
        }
    }

    fn take(&self) -> Option<Arc<str>> {
        let mut state = self.lock();
        match std::mem::take(&mut state.dropped) {
            0 => state.waiting.pop_front(),
            dropped => Some(protocol::lagged(dropped).into()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_come_out_in_order() {
        let queue = Outgoing::default();
        queue.push("a".into());
        queue.push("b".into());
        assert_eq!((&*queue.next().await, &*queue.next().await), ("a", "b"));
    }

    #[tokio::test]
    async fn a_full_queue_drops_the_oldest_and_says_how_many() {
        let queue = Outgoing::default();
        for number in 0..CAPACITY + 3 {
            queue.push(number.to_string().into());
        }
        assert_eq!(&*queue.next().await, "{\"type\":\"lagged\",\"dropped\":3}");
        assert_eq!(&*queue.next().await, "3");
    }
}
