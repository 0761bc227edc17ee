//! The timetables of the schedules' rows, read once and again when somebody changes a row.

use std::collections::HashMap;

use entity::schedule;
use timetable::Timetable;

/// What has been read so far, by name of the schedule.
#[derive(Debug, Default)]
pub(crate) struct Timetables {
    known: HashMap<String, Known>,
}

#[derive(Debug)]
struct Known {
    cron: String,
    zone: String,
    /// `None` when the row cannot be read, which is logged once.
    timetable: Option<Timetable>,
}

impl Timetables {
    /// The timetable of `row`; `None` when its cron or zone is wrong.
    pub(crate) fn of(&mut self, row: &schedule::Model) -> Option<&Timetable> {
        let is_current = |known: &Known| known.cron == row.cron && known.zone == row.timezone;
        if !self.known.get(&row.name).is_some_and(is_current) {
            self.known.insert(row.name.clone(), read(row));
        }
        self.known.get(&row.name)?.timetable.as_ref()
    }
}

fn read(row: &schedule::Model) -> Known {
    let timetable = Timetable::parse(&row.cron, &row.timezone)
        .inspect_err(|error| tracing::error!(schedule = %row.name, %error, "this schedule does not tick"))
        .ok();
    Known { cron: row.cron.clone(), zone: row.timezone.clone(), timetable }
}
