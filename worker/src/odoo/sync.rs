//! The sync: batch after batch of the logs that wait, oldest day first, until none is left or it makes no sense to go on. A log
//! that this job has dealt with has a row that says so; a later attempt of the job goes on behind it.

use std::time::Duration;

use entity::{
    attendance_log::{self, Place},
    odoo_sync_log,
};
use jobs::OdooSyncReport;

use super::{
    batch,
    connect::{self, Office},
    send::Stop,
    tell,
};
use crate::{
    context::Context,
    handler::{Failure, Run},
};

/// Logs of one batch.
const BATCH: u64 = 100;

/// Syncs the `named` logs, or all that wait, and tells whoever asked for it.
pub(crate) async fn sync(
    context: &Context,
    run: &Run,
    named: Option<&[String]>,
) -> Result<OdooSyncReport, Failure> {
    let ended = attempt(context, run, named).await;
    tell::asker(context, run, &ended).await?;
    ended
}

async fn attempt(context: &Context, run: &Run, named: Option<&[String]>) -> Result<OdooSyncReport, Failure> {
    let office = connect::open(context).await?;
    let mut progress = Progress::begin(context, run, named).await?;
    let (mut after, mut waiting): (Option<Place>, _) = (None, 0);
    loop {
        let rows = attendance_log::waiting(&context.db, run.id, named, after.as_ref(), BATCH).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.into());
        let many = rows.len();
        match batch::process(context, run, &office.client, rows).await {
            Ok(left) => waiting += left,
            Err(stop) => return Err(stopped(context, &office, stop).await?),
        }
        progress.moved(many).await;
    }
    if waiting > 0 {
        return Err(come_back(context, waiting));
    }
    let report = report(context, run).await?;
    tell::world(context, &report).await?;
    Ok(report)
}

async fn stopped(context: &Context, office: &Office, stop: Stop) -> Result<Failure, Failure> {
    match stop {
        Stop::Run(failure) => Ok(failure),
        Stop::Odoo(error) => office.lost(context, &error).await,
    }
}

/// Once Odoo has certainly ended what it may still be working on, it will show what it has.
fn come_back(context: &Context, waiting: usize) -> Failure {
    let wait = context.odoo.limits().settle.max(Duration::from_secs(1));
    Failure::NotNow(format!("Odoo has not shown yet whether it took {waiting} logs"), wait)
}

/// What all attempts of the job have come to.
async fn report(context: &Context, run: &Run) -> Result<OdooSyncReport, Failure> {
    let tally = odoo_sync_log::tally(&context.db, run.id).await?;
    Ok(OdooSyncReport { synced: tally.synced.unsigned_abs(), failed: tally.failed.unsigned_abs() })
}

/// How far the sync is.
struct Progress<'a> {
    context: &'a Context,
    run: &'a Run,
    done: u64,
    of: u64,
}

impl<'a> Progress<'a> {
    async fn begin(context: &'a Context, run: &'a Run, named: Option<&[String]>) -> Result<Self, Failure> {
        let before = report(context, run).await?;
        let waiting = attendance_log::count_waiting(&context.db).await?;
        let all = (waiting.pending + waiting.failed + waiting.leaving).unsigned_abs();
        let of = named.map_or(all + before.synced, |named| named.len() as u64);
        Ok(Self { context, run, done: before.synced + before.failed, of })
    }

    async fn moved(&mut self, logs: usize) {
        self.done += logs as u64;
        let percent = (self.done * 100 / self.of.max(1)).min(99);
        let text = format!("{} of {} logs", self.done.min(self.of), self.of);
        self.run.progress(self.context, u8::try_from(percent).unwrap_or(99), &text).await;
    }
}
