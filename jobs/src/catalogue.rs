//! The periodic jobs. A line here is all that a new one needs: the scheduler adds its row to `schedules` at the next start, and from
//! then on people decide when it runs and whether.

use entity::schedule::NewSchedule;

use crate::{
    CheckCameraHealth, CleanupCaptureGuards, CleanupOldData, CloseAttendanceDay, EnqueueError,
    ExpirePresence, Job, SampleCameras, ScheduledOdooSync, TestDetectionProvider, Work,
};

/// Every periodic job, with the times at which it runs unless somebody has changed them; all in UTC.
pub const CATALOGUE: &[Entry] = &[
    every::<SampleCameras>("* * * * * *"),
    every::<CheckCameraHealth>("*/2 * * * *"),
    every::<TestDetectionProvider>("*/5 * * * *"),
    every::<ExpirePresence>("* * * * *"),
    every::<CleanupCaptureGuards>("*/5 * * * *"),
    every::<CleanupOldData>("0 2 * * *"),
    every::<ScheduledOdooSync>("*/30 * * * *"),
    every::<CloseAttendanceDay>("*/15 * * * *"),
];

/// A periodic job: its kind is the name of its schedule, and its payload the default one.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Name of the schedule.
    pub name: &'static str,
    /// When it runs, in UTC, as the `timetable` crate reads it.
    pub cron: &'static str,
    work: fn() -> Result<Work, EnqueueError>,
}

/// A job of kind `J` at the times of `cron`.
#[must_use]
pub const fn every<J: Job + Default>(cron: &'static str) -> Entry {
    Entry { name: J::KIND, cron, work: || Work::of(&J::default()) }
}

impl Entry {
    /// The entry of a schedule, unless it is another release's.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CATALOGUE.iter().find(|entry| entry.name == name)
    }

    /// The job that a tick makes.
    ///
    /// # Errors
    /// The payload is no JSON.
    pub fn work(&self) -> Result<Work, EnqueueError> {
        (self.work)()
    }

    /// Its row, as the scheduler seeds it.
    #[must_use]
    pub fn as_row(&self) -> NewSchedule<'static> {
        NewSchedule { name: self.name, cron: self.cron, timezone: "UTC" }
    }
}
