//! The periodic jobs. A line here is all that a new one needs: its row is added to `schedules` at the next
//! start, and from then on people decide when it runs and whether.

use futures_util::future::BoxFuture;
use jobs::{
    CheckCameraHealth, CleanupOldData, EnqueueError, ExpirePresence, Job, Origin, Pending, SampleCameras,
    TestDetectionProvider, enqueue_in,
};
use sea_orm::DatabaseTransaction;

use entity::schedule::NewSchedule;

/// Every periodic job, with the times at which it runs unless somebody has changed them; all in UTC.
pub const CATALOGUE: &[Entry] = &[
    every::<SampleCameras>("* * * * * *"),
    every::<CheckCameraHealth>("*/2 * * * *"),
    every::<TestDetectionProvider>("*/5 * * * *"),
    every::<ExpirePresence>("* * * * *"),
    every::<CleanupOldData>("0 2 * * *"),
];

/// Puts an entry's job into the outbox, in the transaction that claims its tick.
type Accept = for<'a> fn(&'a DatabaseTransaction, Origin) -> BoxFuture<'a, Result<Pending, EnqueueError>>;

/// A periodic job: its kind is the name of its schedule, and its payload the default one.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Name of the schedule.
    pub name: &'static str,
    /// When it runs, in UTC, as the `timetable` crate reads it.
    pub cron: &'static str,
    pub(crate) accept: Accept,
}

/// A job of kind `J` at the times of `cron`.
#[must_use]
pub const fn every<J: Job + Default>(cron: &'static str) -> Entry {
    Entry { name: J::KIND, cron, accept: accept::<J> }
}

fn accept<J: Job + Default>(
    transaction: &DatabaseTransaction,
    origin: Origin,
) -> BoxFuture<'_, Result<Pending, EnqueueError>> {
    Box::pin(async move { enqueue_in(transaction, &J::default(), origin).await })
}

impl Entry {
    pub(crate) fn as_row(&self) -> NewSchedule<'static> {
        NewSchedule { name: self.name, cron: self.cron, timezone: "UTC" }
    }
}
