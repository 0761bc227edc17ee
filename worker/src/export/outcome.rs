//! How a run ends: the file is completed and everybody told, or it is called off, or it cannot be made.

use std::{collections::HashSet, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    Level,
    export_job::{self, Finished},
    job_effect::{self, Effect},
    notification,
};
use jobs::{FileReport, Pending, SendEmail, enqueue_in};
use platform::storage::Upload;
use sea_orm::{DatabaseTransaction, EntityTrait as _};

use super::{order::Order, trouble::Trouble};
use crate::{
    context::Context,
    handler::{Failure, Run},
    notify::{self, Note},
};

/// The word of a cancellation may come after we have found its effect in the row.
const WORD_OF_CANCELLATION: Duration = Duration::from_secs(3);

/// A document whose last byte is written, and not yet in place.
pub(super) struct Written<'a> {
    pub key: &'a str,
    pub upload: Upload,
    pub rows: u64,
}

/// What a job answers whose row does not want a file: the result of the run that made it, if one did.
pub(super) async fn of_earlier_run(context: &Context, run: &Run) -> Result<FileReport, Failure> {
    let effect = job_effect::Entity::find_by_id(run.id).one(&context.db).await?;
    let result = effect.and_then(|effect| effect.result).and_then(|json| serde_json::from_value(json).ok());
    result.ok_or_else(|| Trouble::Unwanted.into_failure())
}

/// Puts the file in its place and completes its row; takes the file away again where nobody wants it any more.
pub(super) async fn store(
    context: &Context,
    run: &Run,
    order: &Order<'_>,
    written: Written<'_>,
) -> Result<FileReport, Trouble> {
    // Another run may have the job by now; what it is making must not be replaced.
    if !run.still_mine().await.unwrap_or(true) {
        return Err(Trouble::Stopped);
    }
    let size = written.upload.finish().await?;
    let kept_days = context.configuration.current().await?.settings.retention_exports_days;
    let now = Utc::now();
    let finished = Finished {
        record_count: count(written.rows),
        file_size: count(size),
        generated_at: now,
        expires_at: now + TimeDelta::days(kept_days.into()),
    };
    match complete(context, run, order, finished).await? {
        Some(report) => Ok(report),
        None => {
            context.storage.delete(written.key).await?;
            // Cancelled, the job shall end as cancelled and not as failed.
            let _ = tokio::time::timeout(WORD_OF_CANCELLATION, run.stopped()).await;
            Err(Trouble::Unwanted)
        }
    }
}

/// One transaction: the guard of the job's effects, the row, the message to its user, and the mails that are wanted. `None` where
/// nobody wants the file any more.
async fn complete(
    context: &Context,
    run: &Run,
    order: &Order<'_>,
    finished: Finished,
) -> Result<Option<FileReport>, Trouble> {
    let report = FileReport { record_count: finished.record_count, file_size: finished.file_size };
    let transaction = entity::begin(&context.db).await?;
    let run_id = format!("{}/{}", run.id, run.attempt);
    let guard = job_effect::Run { job_id: run.id, kind: run.kind(), run_id: &run_id };
    if let Effect::Applied(earlier) = job_effect::begin(&transaction, guard, finished.generated_at).await? {
        return Ok(earlier.and_then(|json| serde_json::from_value(json).ok()));
    }
    let Some(row) = export_job::complete(&transaction, run.id, finished).await? else { return Ok(None) };
    let note = notify::store(&transaction, ready(run, order, &row)).await?;
    let mails = mails(&transaction, run, order, finished.expires_at).await?;
    job_effect::keep_result(&transaction, run.id, serde_json::to_value(&report)?).await?;
    transaction.commit().await?;
    announce(context, note, mails).await;
    Ok(Some(report))
}

async fn announce(context: &Context, note: Option<notification::Model>, mails: Vec<Pending>) {
    notify::tell(context, note.as_ref()).await;
    for mail in mails {
        mail.push(&context.queues).await;
    }
}

/// Ends the row where this failure ends the job, and tells its user.
pub(super) async fn fail(context: &Context, run: &Run, order: &Order<'_>, trouble: Trouble) -> Failure {
    let told = trouble.told();
    let failure = trouble.into_failure();
    let ends = match &failure {
        Failure::Discard(_) => true,
        Failure::Retry(_) => run.is_last(),
        Failure::NotNow(..) => false,
    };
    if ends && let Err(error) = give_up(context, run, order, told).await {
        // The sweep of the outbox ends the row later.
        tracing::error!(%error, "the end of an export could not be stored");
    }
    failure
}

async fn give_up(context: &Context, run: &Run, order: &Order<'_>, told: String) -> Result<(), Trouble> {
    if let Some(row) = export_job::fail(&context.db, run.id, &told).await? {
        let title = format!("{} could not be made", order.title());
        notify::send(context, note(run, &row, "export_failed", title, told, Level::Warning)).await?;
    }
    Ok(context.storage.delete(&order.key(run.id)).await?)
}

fn ready<'a>(run: &Run, order: &Order<'_>, row: &export_job::Model) -> Note<'a> {
    let rows = row.record_count.unwrap_or_default();
    let noun = if rows == 1 { "row" } else { "rows" };
    let message = format!("{rows} {noun} as {}, kept until {}", order.format(), day(row.expires_at));
    note(run, row, "export_ready", format!("{} is ready", order.title()), message, Level::Info)
}

fn note<'a>(
    run: &Run,
    row: &export_job::Model,
    kind: &'a str,
    title: String,
    message: String,
    level: Level,
) -> Note<'a> {
    let link = Some(format!("/exports/{}", row.id));
    Note { job: run.id, user: Some(row.user_id), kind, title, message: Some(message), level, link }
}

async fn mails(
    transaction: &DatabaseTransaction,
    run: &Run,
    order: &Order<'_>,
    expires_at: DateTime<Utc>,
) -> Result<Vec<Pending>, Trouble> {
    let mut mails = Vec::with_capacity(order.recipients.len());
    for to in each_once(order.recipients) {
        let mail = SendEmail {
            to: to.to_owned(),
            subject: order.title().to_owned(),
            text: format!("{}: the file is kept until {}.", order.title(), day(Some(expires_at))),
            export_id: Some(run.id),
        };
        mails.push(enqueue_in(transaction, &mail, run.origin()).await?);
    }
    Ok(mails)
}

/// Addresses without those that were there before: no mailbox of today tells letters from capital ones.
fn each_once(addresses: &[String]) -> impl Iterator<Item = &str> {
    let mut known = HashSet::new();
    addresses.iter().map(String::as_str).filter(move |address| known.insert(address.to_ascii_lowercase()))
}

fn day(at: Option<DateTime<Utc>>) -> String {
    at.map(|at| at.format("%-d %B %Y").to_string()).unwrap_or_default()
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
