//! Messages of jobs to users. A job sends each of its kinds of message once, however often it runs: the message's id follows from
//! the job's, so a second run finds it stored and tells nobody again.

use chrono::Utc;
use entity::{Level, notification};
use queue::JobId;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::{context::Context, events};

/// What a job has to say.
#[derive(Clone, Debug)]
pub struct Note<'a> {
    /// The job.
    pub job: JobId,
    /// To whom; everybody where absent.
    pub user: Option<Uuid>,
    /// What it is about, such as `export_ready`: a stable name that the frontend knows.
    pub kind: &'a str,
    /// One line.
    pub title: String,
    /// More.
    pub message: Option<String>,
    /// How much it matters.
    pub level: Level,
    /// Path of the frontend that shows it.
    pub link: Option<String>,
}

/// Stores a message and tells its user; of a message that was sent already, nobody hears again.
///
/// # Errors
/// The database is out of reach, or there is no such user.
pub async fn send(context: &Context, note: Note<'_>) -> Result<(), DbErr> {
    let stored = store(&context.db, note).await?;
    tell(context, stored.as_ref()).await;
    Ok(())
}

/// The first half of [`send`], for a transaction of the caller's: what is stored there is told after the commit.
///
/// # Errors
/// As [`send`].
pub async fn store(db: &impl ConnectionTrait, note: Note<'_>) -> Result<Option<notification::Model>, DbErr> {
    let row = notification::ActiveModel {
        id: Set(id(note.job, note.kind)),
        user_id: Set(note.user),
        notification_type: Set(note.kind.to_owned()),
        title: Set(note.title),
        message: Set(note.message),
        level: Set(note.level),
        link: Set(note.link),
        timestamp: Set(Utc::now()),
        ..Default::default()
    };
    notification::insert_once(db, row).await
}

/// The second half of [`send`].
pub async fn tell(context: &Context, stored: Option<&notification::Model>) {
    if let Some(event) = stored.and_then(events::notification) {
        events::publish(context, event).await;
    }
}

/// Always the same one for the same job and kind of message.
fn id(job: JobId, kind: &str) -> Uuid {
    let digest = Sha256::new().chain_update(job.as_bytes()).chain_update(kind).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}
