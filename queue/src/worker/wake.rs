//! Waiting for work: per queue one blocking pop on a list of tokens, which an idle worker spends its time in. The
//! time-out is the next due job or a second, after which the queue is looked at anyway.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redis::RedisError;
use tokio::time::sleep;

use crate::connection::Link;
use crate::worker::shared::{Shared, Source};

/// How much longer than the pop's own time-out an answer may take before the connection counts as dead.
const MARGIN: Duration = Duration::from_secs(2);

/// Waits for one queue until the worker closes.
pub(crate) async fn wait_loop(shared: Arc<Shared>, source: usize) {
    let Some(source) = shared.sources.get(source) else { return };
    let waiter = Waiter {
        link: shared.queues.new_link(shared.options.idle_wait + MARGIN),
        own: shared.queues.keys().own_wake(&source.name, &shared.options.name),
        common: shared.queues.keys().wake(&source.name),
        shared: &shared,
        source,
    };
    tokio::select! {
        () = shared.closing.cancelled() => {}
        () = waiter.run() => {}
    }
}

struct Waiter<'a> {
    link: Link,
    own: String,
    common: String,
    shared: &'a Shared,
    source: &'a Source,
}

impl Waiter<'_> {
    async fn run(&self) {
        let mut tries = 0;
        loop {
            while self.source.hot.load(Ordering::Acquire) {
                self.source.cold.notified().await;
            }
            match self.pop().await {
                Ok(token) => {
                    tries = 0;
                    self.took(token).await;
                }
                Err(error) => {
                    tries += 1;
                    self.shared.note_failure("wait", &error);
                    sleep(self.shared.pause_before(tries)).await;
                    // Fetching may work where waiting does not.
                    self.shared.heat(self.source);
                }
            }
        }
    }

    async fn pop(&self) -> Result<Option<(String, String)>, RedisError> {
        let wait = Duration::from_millis(self.source.wait_ms.load(Ordering::Acquire) as u64);
        let mut pop = redis::cmd("BLPOP");
        pop.arg(&self.own).arg(&self.common).arg(wait.as_secs_f64());
        self.link.call(&pop).await
    }

    async fn took(&self, token: Option<(String, String)>) {
        match token {
            Some((list, _)) if list == self.own => self.shared.renew_now.notify_one(),
            Some(_) if self.is_full() => {
                self.pass_on().await;
                self.shared.heat(self.source);
            }
            Some(_) | None => self.shared.heat(self.source),
        }
    }

    fn is_full(&self) -> bool {
        self.shared.in_flight() >= self.shared.options.concurrency
            || self.source.in_flight.load(Ordering::Acquire) >= self.source.cap
    }

    /// The token is another worker's, if there is one.
    async fn pass_on(&self) {
        let mut push = redis::cmd("LPUSH");
        push.arg(&self.common).arg("1");
        if let Err(error) = self.link.call::<u64>(&push).await {
            self.shared.note_failure("pass on a wake-up", &error);
        }
    }
}
