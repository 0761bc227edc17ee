//! Waiting for work: per queue one blocking pop on a list of tokens, which an idle worker spends its time in. The
//! time-out is the next due job or a second, after which the queue is looked at anyway. The waiter fetches by itself when
//! no other queue is in line, since the way over the fetch loop would cost an idle worker a change of tasks.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redis::RedisError;
use tokio::time::sleep;

use crate::connection::Link;
use crate::worker::health::Place;
use crate::worker::intake::{Intake, MOST, Mode};
use crate::worker::shared::{Shared, Source};

/// How much longer than the pop's own time-out an answer may take before the connection counts as dead.
const MARGIN: Duration = Duration::from_secs(2);

/// Waits for one queue until the worker closes.
pub(crate) async fn wait_loop(intake: Arc<Intake>, queue: usize) {
    let shared = &intake.shared;
    let Some(source) = shared.sources.get(queue) else { return };
    let waiter = Waiter {
        link: shared.queues.new_link(shared.options.idle_wait + MARGIN),
        own: shared.queues.keys().own_wake(&source.name, &shared.options.name),
        common: shared.queues.keys().wake(&source.name),
        intake: &intake,
        shared,
        source,
        queue,
    };
    waiter.run().await;
}

struct Waiter<'a> {
    link: Link,
    own: String,
    common: String,
    intake: &'a Intake,
    shared: &'a Shared,
    source: &'a Source,
    queue: usize,
}

impl Waiter<'_> {
    /// A wait ends with the closing; a fetch that follows one is seen through, or its jobs would be lost to their leases.
    async fn run(&self) {
        let mut tries = 0;
        while let Some(popped) = self.shared.closing.run_until_cancelled(self.wait()).await {
            let ended = match popped {
                Ok(token) => self.took(token).await,
                Err(error) => Err(("wait", error)),
            };
            let Err((doing, error)) = ended else {
                tries = 0;
                continue;
            };
            tries += 1;
            self.shared.note_failure(Place::Queue(self.queue), doing, &error);
            self.shared.closing.run_until_cancelled(sleep(self.shared.pause_before(tries))).await;
            // Fetching may work where waiting does not.
            self.shared.heat(self.source);
        }
    }

    async fn wait(&self) -> Result<Option<(String, String)>, RedisError> {
        while self.source.hot.load(Ordering::Acquire) {
            self.source.cold.notified().await;
        }
        let wait = Duration::from_millis(self.source.wait_ms.load(Ordering::Acquire) as u64);
        let mut pop = redis::cmd("BLPOP");
        pop.arg(&self.own).arg(&self.common).arg(wait.as_secs_f64());
        self.link.call(&pop).await
    }

    async fn took(&self, token: Option<(String, String)>) -> Result<(), (&'static str, RedisError)> {
        if token.as_ref().is_some_and(|(list, _)| *list == self.own) {
            self.shared.renew_now.notify_one();
            return Ok(());
        }
        let want =
            if self.intake.may_take_now(self.queue) { self.intake.reserve(self.queue, MOST) } else { 0 };
        if want == 0 {
            if token.is_some() && self.is_full() {
                self.pass_on().await;
            }
            self.shared.heat(self.source);
            return Ok(());
        }
        let fetched = self.intake.fetch(self.queue, want, false, &self.shared.fetch_link).await;
        let taken = fetched.map_err(|error| ("fetch", error))?;
        if taken == want || self.intake.mode() != Mode::Open {
            self.shared.heat(self.source);
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.shared.permits.room().1[self.queue] == 0
    }

    /// The token is another worker's, if there is one.
    async fn pass_on(&self) {
        let mut push = redis::cmd("LPUSH");
        push.arg(&self.common).arg("1");
        if let Err(error) = self.link.call::<u64>(&push).await {
            self.shared.note_failure(Place::Queue(self.queue), "pass on a wake-up", &error);
        }
    }
}
