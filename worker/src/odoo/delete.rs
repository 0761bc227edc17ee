//! The end of a deleted log's record, unless people in Odoo have made it theirs.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use entity::{
    attendance_log,
    odoo_sync_log::{self, SyncResult},
};
use jobs::{DeleteOdooRecord, DeleteOdooReport};
use odoo::{Client, OdooError, Record};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{
    connect,
    decide::{Standing, Step, decide},
    send::{Sender, Stop},
    sent::Sent,
};
use crate::{
    context::Context,
    handler::{Failure, Run},
};

/// The shortest and the longest wait where the connection is refused: the record must go even so, once somebody has mended that.
const AFTER_REFUSAL: Duration = Duration::from_secs(60);
const AT_MOST: Duration = Duration::from_secs(900);

/// Removes the record of a deleted log. Where Odoo refuses that, or people have changed the record, the job ends, and says in the
/// results of syncs what to do; it can be retried like every job.
pub(crate) async fn remove(
    context: &Context,
    run: &Run,
    log: &DeleteOdooRecord,
) -> Result<DeleteOdooReport, Failure> {
    let ended = attempt(context, run, log).await;
    match &ended {
        Ok(report) => {
            let what = if report.removed { "record removed" } else { "no record" };
            note(context, run, log, SyncResult::Success, what).await?;
        }
        Err(Failure::Discard(why)) => note(context, run, log, SyncResult::Failure, why).await?,
        Err(Failure::Retry(why)) if run.is_last() => {
            note(context, run, log, SyncResult::Failure, why).await?;
        }
        Err(Failure::Retry(_) | Failure::NotNow(..)) => {}
    }
    ended
}

async fn attempt(context: &Context, run: &Run, log: &DeleteOdooRecord) -> Result<DeleteOdooReport, Failure> {
    let patiently = |failure| patiently(failure, run);
    let office = connect::open(context).await.map_err(patiently)?;
    match end(context, run, &office.client, log).await {
        Ok(Step::Remove(_)) => Ok(DeleteOdooReport { removed: true }),
        Ok(Step::Create(_) | Step::Write { .. } | Step::Keep(_) | Step::Gone) => {
            Ok(DeleteOdooReport { removed: false })
        }
        Ok(Step::Wait) => {
            let wait = context.odoo.limits().settle.max(Duration::from_secs(1));
            Err(Failure::NotNow("Odoo has not shown yet whether it took the log".to_owned(), wait))
        }
        Ok(Step::Fail(why)) => Err(Failure::Discard(why)),
        Err(Stop::Run(failure)) => Err(failure),
        Err(Stop::Odoo(error)) => match still_there(log, &error) {
            Some(why) => Err(Failure::Discard(why)),
            None => Err(office.lost(context, &error).await.map_or_else(|failure| failure, patiently)),
        },
    }
}

/// What to do where Odoo keeps the record, which only people there can change.
fn still_there(log: &DeleteOdooRecord, error: &OdooError) -> Option<String> {
    let why = match error {
        OdooError::Validation(said) => said.clone(),
        OdooError::NoRights(_) => error.to_string(),
        OdooError::BadCredentials
        | OdooError::WrongDatabase(_)
        | OdooError::NotFound(_)
        | OdooError::Unreachable { .. }
        | OdooError::Unexpected { .. } => return None,
    };
    let record = log.odoo_attendance_id.map_or_else(|| "the record".to_owned(), |id| format!("record {id}"));
    let id = &log.attendance_log_id;
    Some(format!(
        "Odoo keeps {record} of {id}, which is deleted here: {why}; remove it there, or correct that and retry this job"
    ))
}

/// Finds the record, and removes it where it is as we have sent it; answers what was done.
async fn end(context: &Context, run: &Run, client: &Client, log: &DeleteOdooRecord) -> Result<Step, Stop> {
    let (sent, sender) = (Sent::read(log.odoo_sent.as_ref()), Sender::new(client, run));
    let there = find(&sender, log, &sent).await?;
    let step = decide(&Standing {
        wanted: None,
        employee: sent.employee.unwrap_or_default(),
        sent: &sent,
        known: log.odoo_attendance_id,
        there: there.as_ref(),
        is_leaving: false,
        now: Utc::now(),
        settle: TimeDelta::from_std(context.odoo.limits().settle).unwrap_or_default(),
    });
    if let Step::Remove(id) = step {
        // Once this had failed, a log of the same time may have taken the record over.
        if attendance_log::has_record(&context.db, &log.employee_id, id).await? {
            return Ok(Step::Keep(id));
        }
        sender.client().await?.remove(id).await?;
    }
    Ok(step)
}

async fn find(sender: &Sender<'_>, log: &DeleteOdooRecord, sent: &Sent) -> Result<Option<Record>, Stop> {
    let client = sender.client().await?;
    if let Some(id) = log.odoo_attendance_id {
        return Ok(client.records(&[id], &[]).await?.pop());
    }
    let begun: Vec<_> = sent.begins().filter_map(|at| Some((sent.employee?, at))).collect();
    Ok(client.records(&[], &begun).await?.pop())
}

/// What needs a person is waited for, as long again as it has been waited for already.
fn patiently(failure: Failure, run: &Run) -> Failure {
    let waited = (Utc::now() - run.enqueued_at).to_std().unwrap_or_default();
    match failure {
        Failure::Discard(why) => Failure::NotNow(why, waited.clamp(AFTER_REFUSAL, AT_MOST)),
        other @ (Failure::Retry(_) | Failure::NotNow(..)) => other,
    }
}

async fn note(
    context: &Context,
    run: &Run,
    log: &DeleteOdooRecord,
    result: SyncResult,
    message: &str,
) -> Result<(), Failure> {
    let row = odoo_sync_log::ActiveModel {
        id: Set(Uuid::now_v7()),
        job_id: Set(run.id),
        timestamp: Set(Utc::now()),
        attendance_log_id: Set(Some(log.attendance_log_id.clone())),
        employee_id: Set(log.employee_id.clone()),
        result: Set(result),
        message: Set(Some(message.to_owned())),
        ..Default::default()
    };
    Ok(odoo_sync_log::append(&context.db, vec![row]).await?)
}
