//! The fetch loop: permits first, then a fetch of at most that many, from the queues whose turn it is.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::future::join_all;

use crate::worker::health::Place;
use crate::worker::intake::{Intake, MOST, Mode};
use crate::worker::rotation::{Candidate, Rotation};

/// Takes jobs until the worker closes.
pub(crate) struct Fetcher {
    pub(crate) intake: Arc<Intake>,
    pub(crate) rotation: Rotation,
}

/// How many jobs to fetch from which queue.
struct Plan {
    shares: Vec<(usize, usize)>,
    idle: bool,
}

impl Fetcher {
    /// Runs until the worker closes; never fails.
    pub(crate) async fn run(mut self) {
        let shared = Arc::clone(&self.intake.shared);
        let mut tries = 0;
        while self.intake.is_serving() {
            let plan = self.plan();
            if plan.shares.is_empty() {
                tokio::select! {
                    () = shared.closing.cancelled() => return,
                    () = shared.look_again.notified() => {}
                    // apalis does not tell its backend of a stop.
                    () = tokio::time::sleep(shared.options.idle_wait) => {}
                }
                continue;
            }
            if self.round(plan).await {
                tries = 0;
                continue;
            }
            tries += 1;
            tokio::select! {
                () = shared.closing.cancelled() => return,
                () = tokio::time::sleep(shared.pause_before(tries)) => {}
            }
        }
    }

    /// Which queue may fetch how many now.
    fn plan(&mut self) -> Plan {
        match self.intake.mode() {
            Mode::Open => Plan { shares: self.turns(), idle: false },
            Mode::QuietFor(queue) if self.intake.shared.permits.in_use() == 0 => {
                Plan { shares: vec![(queue, 1)], idle: true }
            }
            Mode::QuietFor(_) | Mode::Alone => Plan { shares: Vec::new(), idle: false },
        }
    }

    fn turns(&mut self) -> Vec<(usize, usize)> {
        let shared = &self.intake.shared;
        let (free, room) = shared.permits.room();
        let hot = shared.sources.iter().enumerate().filter(|(_, s)| s.hot.load(Ordering::Acquire));
        let candidates: Vec<Candidate> = hot
            .map(|(index, source)| Candidate { index, weight: source.weight, room: room[index].min(MOST) })
            .collect();
        if free == 0 { Vec::new() } else { self.rotation.allot(free, &candidates) }
    }

    /// Fetches as planned; false when Redis did not answer.
    async fn round(&self, plan: Plan) -> bool {
        let fetches = plan.shares.into_iter().filter_map(|(queue, share)| {
            let want = self.intake.reserve(queue, share);
            (want > 0).then(|| self.fetch(queue, want, plan.idle))
        });
        join_all(fetches).await.into_iter().all(|answered| answered)
    }

    async fn fetch(&self, queue: usize, want: usize, idle: bool) -> bool {
        let shared = &self.intake.shared;
        match self.intake.fetch(queue, want, idle, &shared.fetch_link).await {
            Ok(_) => true,
            Err(error) => {
                shared.note_failure(Place::Queue(queue), "fetch", &error);
                false
            }
        }
    }
}
