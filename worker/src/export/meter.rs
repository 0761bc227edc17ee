//! How far a file is: told to the job's user, and kept in the export's row.

use entity::export_job;

use crate::{context::Context, handler::Run};

/// The share of the bar that the rows have; the rest is for putting the document together and away.
const ROWS_SHARE: u64 = 90;

/// Counts rows against those that there will be.
pub(super) struct Meter<'a> {
    context: &'a Context,
    run: &'a Run,
    total: u64,
}

impl<'a> Meter<'a> {
    pub(super) fn new(context: &'a Context, run: &'a Run) -> Self {
        Self { context, run, total: 0 }
    }

    /// Sets how many rows there will be.
    pub(super) async fn begin(&mut self, total: u64) {
        self.total = total;
        self.at(0).await;
    }

    /// Tells that so many rows are written.
    pub(super) async fn at(&self, rows: u64) {
        let rows = rows.min(self.total);
        let percent = (rows * ROWS_SHARE).checked_div(self.total).unwrap_or(0);
        let percent = u8::try_from(percent).unwrap_or(u8::MAX);
        let text = format!("{rows} of {} rows", self.total);
        if self.run.progress(self.context, percent, &text).await
            && let Err(error) = export_job::note_progress(&self.context.db, self.run.id, percent).await
        {
            tracing::debug!(%error, "the export's progress was not stored");
        }
    }
}
