//! The end of a deleted log's record, unless people in Odoo have made it theirs.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use entity::odoo_sync_log::{self, SyncResult};
use jobs::{DeleteOdooRecord, DeleteOdooReport};
use odoo::{Client, Record};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{
    connect::{self, Office},
    decide::{Standing, Step, decide},
    send::{Sender, Stop},
    sent::Sent,
};
use crate::{
    context::Context,
    handler::{Failure, Run},
};

/// When it is tried again after a refusal that only a person can mend: the record must go even so.
const AFTER_REFUSAL: Duration = Duration::from_secs(900);

/// Removes the record of a deleted log.
pub(crate) async fn remove(
    context: &Context,
    run: &Run,
    log: &DeleteOdooRecord,
) -> Result<DeleteOdooReport, Failure> {
    let office = connect::open(context).await.map_err(patiently)?;
    let removed = match end(context, run, &office.client, log).await {
        Ok(Step::Remove(_)) => true,
        Ok(Step::Wait) => {
            let wait = context.odoo.limits().settle.max(Duration::from_secs(1));
            return Err(Failure::NotNow("Odoo has not shown yet whether it took the log".to_owned(), wait));
        }
        Ok(Step::Fail(why)) => {
            note(context, run, log, SyncResult::Failure, &why).await?;
            return Err(Failure::Discard(why));
        }
        Ok(Step::Create(_) | Step::Write { .. } | Step::Keep(_) | Step::Gone) => false,
        Err(stop) => return Err(stopped(context, &office, stop).await?),
    };
    note(context, run, log, SyncResult::Success, if removed { "record removed" } else { "no record" })
        .await?;
    Ok(DeleteOdooReport { removed })
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
        now: Utc::now(),
        settle: TimeDelta::from_std(context.odoo.limits().settle).unwrap_or_default(),
    });
    if let Step::Remove(id) = step {
        sender.client().await?.remove(id).await?;
    }
    Ok(step)
}

async fn find(sender: &Sender<'_>, log: &DeleteOdooRecord, sent: &Sent) -> Result<Option<Record>, Stop> {
    let client = sender.client().await?;
    if let Some(id) = log.odoo_attendance_id {
        return Ok(client.records(&[id], &[]).await?.pop());
    }
    let times = sent.attempt.map(|attempt| attempt.times()).into_iter().chain(sent.times());
    let begun: Vec<_> = times.filter_map(|times| Some((sent.employee?, times.check_in))).collect();
    Ok(client.records(&[], &begun).await?.pop())
}

async fn stopped(context: &Context, office: &Office, stop: Stop) -> Result<Failure, Failure> {
    match stop {
        Stop::Run(failure) => Ok(failure),
        Stop::Odoo(error) => office.lost(context, &error).await.map(patiently),
    }
}

fn patiently(failure: Failure) -> Failure {
    match failure {
        Failure::Discard(why) => Failure::NotNow(why, AFTER_REFUSAL),
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
