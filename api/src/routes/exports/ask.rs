//! Asking for a file: its job, its row and the audit's row in one transaction. The row has the job's id, so that whoever
//! repeats a call finds the same file.

use entity::export_job::{self, ExportFormat, Status};
use jobs::{Content, Wanted, Work};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use uuid::Uuid;

use crate::{
    audit::{Change, Entry},
    error::ApiError,
    machinery::Asked,
    state::App,
};

/// A file that somebody wants.
pub struct Wish<'a> {
    /// What is in it.
    pub content: &'a Content,
    /// Format of the file.
    pub format: ExportFormat,
    /// Heading, where one was given.
    pub title: Option<String>,
    /// The filters as they were given.
    pub wanted: &'a Wanted,
    /// The job that makes it.
    pub work: Work,
}

/// Accepts the job of a file, and answers the id that both have.
///
/// # Errors
/// The database's. A queue that is away is none: the outbox has the job.
pub async fn accept(app: &App, asked: &Asked<'_>, wish: Wish<'_>) -> Result<Uuid, ApiError> {
    if let Some(answered) = asked.answered(app, &wish.work).await? {
        return Ok(answered.job_id);
    }
    let change = Change::begin(&app.db, asked.call).await?;
    let payload = wish.work.payload().clone();
    let enqueued = asked.enqueue(app, &change, wish.work).await?;
    let row = export_job::ActiveModel {
        id: Set(enqueued.job_id()),
        user_id: Set(asked.user),
        kind: Set(wish.content.kind()),
        format: Set(wish.format),
        title: Set(wish.title),
        description: Set(Some(wish.content.period())),
        filters: Set(serde_json::to_value(wish.wanted).map_err(ApiError::internal)?),
        status: Set(Status::Queued),
        progress: Set(0),
        ..Default::default()
    };
    let row = row.insert(&*change).await?;
    let entry = Entry::new("export.create", format!("{} was asked for", wish.content.title()));
    let entry = entry.on("export", &row.id).after(&payload);
    Ok(asked.commit(app, change, enqueued, entry).await?.job_id)
}
