//! The loop that makes ticks: read the schedules and PostgreSQL's clock, claim what is due, rest until the
//! next tick, but never so long that a changed schedule would wait for it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::schedule;
use platform::Shutdown;
use queue::Queues;
use sea_orm::DatabaseConnection;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::claim::{Claim, claim};
use crate::error::TickError;
use crate::health::Health;
use crate::timetables::Timetables;
use jobs::catalogue::Entry;

/// Longest rest between two looks at the schedules: changes take effect within it.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// Rest when somebody else held a schedule that was due.
const SHORT_REST: Duration = Duration::from_millis(100);

/// Makes the ticks of a catalogue.
#[derive(Debug)]
pub struct Ticker {
    db: DatabaseConnection,
    queues: Queues,
    catalogue: &'static [Entry],
    health: Health,
    timetables: Timetables,
    /// Pushes under way. They are not waited for between ticks: a Redis that is away must not delay those.
    pushes: TaskTracker,
    seeded: bool,
}

impl Ticker {
    /// A ticker that has not begun.
    #[must_use]
    pub fn new(db: DatabaseConnection, queues: Queues, catalogue: &'static [Entry], health: Health) -> Self {
        let (timetables, pushes) = (Timetables::default(), TaskTracker::new());
        Self { db, queues, catalogue, health, timetables, pushes, seeded: false }
    }

    /// Ticks until `shutdown`, then waits for the pushes that are under way.
    pub async fn run(mut self, shutdown: Shutdown) {
        while !shutdown.started() {
            let rest_until = match self.round().await {
                Ok(next_round) => {
                    self.health.ticking.beat();
                    next_round
                }
                Err(error) => {
                    self.health.ticking.miss(&error);
                    Instant::now() + LONGEST_REST
                }
            };
            tokio::select! {
                () = shutdown.wait() => {}
                () = tokio::time::sleep_until(rest_until) => {}
            }
        }
        self.pushes.close();
        self.pushes.wait().await;
    }

    /// Makes all ticks that are due and says when to look again.
    async fn round(&mut self) -> Result<Instant, TickError> {
        if !self.seeded {
            crate::seed(&self.db, self.catalogue).await?;
            self.seeded = true;
        }
        let rows = schedule::all(&self.db).await?;
        let now = schedule::clock(&self.db).await?;
        let read_at = Instant::now();
        let mut rest = LONGEST_REST;
        for row in &rows {
            if let Some(entry) = self.catalogue.iter().find(|entry| entry.name == row.name) {
                rest = rest.min(self.attend(entry, row, now).await?);
            }
        }
        Ok(read_at + rest)
    }

    /// Makes the schedule's tick if one is due; answers how long after `now` to look at it again.
    async fn attend(
        &mut self,
        entry: &Entry,
        row: &schedule::Model,
        now: DateTime<Utc>,
    ) -> Result<Duration, TickError> {
        // A schedule whose last tick was taken away starts from that change.
        let last_tick = row.last_tick.unwrap_or(row.updated_at);
        record_last_tick(entry.name, last_tick);
        let Some(timetable) = self.timetables.of(row).filter(|_| row.enabled) else {
            return Ok(LONGEST_REST);
        };
        let until_next =
            timetable.next(now).and_then(|next| (next - now).to_std().ok()).unwrap_or(LONGEST_REST);
        let Some(tick) = timetable.due(last_tick, now) else { return Ok(until_next) };
        match claim(&self.db, &self.queues, entry, row, tick).await? {
            Claim::Won(pending) => {
                tracing::debug!(schedule = entry.name, %tick, job = %pending.id, "tick");
                record_last_tick(entry.name, tick);
                let queues = self.queues.clone();
                self.pushes.spawn(async move { pending.push(&queues).await });
                Ok(until_next)
            }
            Claim::Lost => Ok(until_next),
            Claim::Busy => Ok(SHORT_REST),
        }
    }
}

/// The newest tick of a schedule, in seconds since 1970, whichever scheduler made it.
fn record_last_tick(schedule: &'static str, tick: DateTime<Utc>) {
    let seconds = tick.timestamp_micros() as f64 / 1e6;
    metrics::gauge!("rollcall_schedule_last_tick_seconds", "schedule" => schedule).set(seconds);
}
