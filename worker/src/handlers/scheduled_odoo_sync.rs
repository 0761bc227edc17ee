//! The sync that nobody has to ask for: where `autoSync` is on and something waits, it asks for one.

use entity::{attendance_log, odoo_config};
use jobs::{OdooSync, ScheduledOdooSync, ScheduledOdooSyncReport, Work};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
};

impl Handle for ScheduledOdooSync {
    async fn run(&self, context: &Context, run: &Run) -> Result<ScheduledOdooSyncReport, Failure> {
        let (row, waiting) =
            (odoo_config::get(&context.db).await?, attendance_log::count_waiting(&context.db).await?);
        if !row.auto_sync || waiting.pending + waiting.failed + waiting.leaving == 0 {
            return Ok(ScheduledOdooSyncReport::default());
        }
        let transaction = entity::begin(&context.db).await?;
        let sync = Work::of(&OdooSync::default()).map_err(|error| Failure::retry(&error))?;
        let sync = jobs::enqueue_or_join(&transaction, &context.queues, sync, run.origin()).await;
        let sync = sync.map_err(|error| Failure::retry(&error))?;
        transaction.commit().await?;
        let id = sync.id;
        sync.push(&context.queues).await;
        Ok(ScheduledOdooSyncReport { job_id: Some(id) })
    }
}
