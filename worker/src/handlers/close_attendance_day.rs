//! The close of site days.

use chrono::Utc;
use jobs::{CloseAttendanceDay, CloseReport};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
};

impl Handle for CloseAttendanceDay {
    async fn run(&self, context: &Context, _run: &Run) -> Result<CloseReport, Failure> {
        let snapshot = context.configuration.current().await?;
        let closed = daybook::close_days(&context.db, &snapshot.site, Utc::now()).await?;
        Ok(CloseReport { days: closed.days, checked_out: closed.checked_out, missed: closed.missed })
    }
}
