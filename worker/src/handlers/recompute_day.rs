//! A day of attendance anew from its detections.

use attendance::Log;
use chrono::Utc;
use daybook::{Changed, RecomputeError};
use jobs::{LogChange, LogTimes, RecomputeDay, RecomputeReport};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
};

/// Changes that the result lists; a whole site's would be more than anybody reads.
const LISTED: usize = 200;

impl Handle for RecomputeDay {
    async fn run(&self, context: &Context, _run: &Run) -> Result<RecomputeReport, Failure> {
        let snapshot = context.configuration.current().await?;
        let whose = self.employee_id.as_deref();
        let done = daybook::recompute(&context.db, &snapshot.site, self.date, whose, Utc::now());
        let done = done.await.map_err(failure)?;
        let changed = done.changed.len();
        let changes = done.changed.into_iter().take(LISTED).map(change).collect();
        Ok(RecomputeReport { people: done.people, changed, changes })
    }
}

fn failure(error: RecomputeError) -> Failure {
    match error {
        RecomputeError::Database(database) => database.into(),
        RecomputeError::NotBegun(_) | RecomputeError::NotKept(_) => Failure::discard(&error),
    }
}

fn change(changed: Changed) -> LogChange {
    let Changed { employee_id, date, before, after } = changed;
    LogChange { employee_id, date, before: before.as_ref().map(times), after: after.as_ref().map(times) }
}

fn times(log: &Log) -> LogTimes {
    LogTimes { check_in: log.check_in, check_out: log.check_out, status: log.status.as_str().to_owned() }
}
