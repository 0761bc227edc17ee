//! Files whose time is over, removed from object storage in batches: pictures by the time in their keys, exports by their rows,
//! and uploads that a killed process left open.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::export_job;
use platform::storage::{StorageError, Stored};
use sea_orm::DbErr;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{context::Context, handler::Failure, pace::at_ease};

/// Rows that one statement moves.
const BATCH: i64 = 1_000;
/// Files that one request removes: a tenth of what S3 takes, for a storage that shares its machine with others.
const FILES: usize = 100;
/// No file is written for so long: an older upload will not be ended.
const NOBODY_WRITES: TimeDelta = TimeDelta::days(1);

/// Removes snapshots and thumbnails of before `before`, and answers how many.
///
/// # Errors
/// Storage is away; what was removed is.
pub(crate) async fn pictures(context: &Context, before: DateTime<Utc>) -> Result<u64, Failure> {
    let mut removed = 0;
    for camera in context.storage.folders("snapshots/").await? {
        // A snapshot is named by the time of its capture.
        let first_kept = format!("{camera}{}", before.format("%Y%m%dT%H%M%S"));
        removed += remove_until(context, &camera, &first_kept).await?;
    }
    // A thumbnail is named by its detection, whose id begins with the time.
    let seconds = u64::try_from(before.timestamp()).unwrap_or(0);
    let time = Timestamp::from_unix(NoContext, seconds, 0);
    let first = Uuid::new_v7(time).as_u128() >> 80 << 80;
    let first_kept = format!("thumbnails/{}", Uuid::from_u128(first));
    removed += remove_until(context, "thumbnails/", &first_kept).await?;
    Ok(removed)
}

/// Removes the objects below `prefix` whose keys come before `first_kept`, page by page.
async fn remove_until(context: &Context, prefix: &str, first_kept: &str) -> Result<u64, StorageError> {
    let (mut removed, mut after) = (0, None);
    loop {
        let page = page(context, prefix, after.as_deref()).await?;
        let all = page.len();
        let old: Vec<_> =
            page.into_iter().map(|stored| stored.key).take_while(|key| key.as_str() < first_kept).collect();
        delete(context, &old).await?;
        removed += old.len() as u64;
        if old.is_empty() || old.len() < all {
            return Ok(removed);
        }
        after = old.into_iter().next_back();
    }
}

async fn page(context: &Context, prefix: &str, after: Option<&str>) -> Result<Vec<Stored>, StorageError> {
    at_ease(Box::pin(context.storage.list(prefix, after))).await
}

async fn delete(context: &Context, keys: &[String]) -> Result<(), StorageError> {
    for few in keys.chunks(FILES) {
        at_ease(Box::pin(context.storage.delete_all(few))).await?;
    }
    Ok(())
}

/// Ends the time of exports that are too old, and answers how many.
///
/// # Errors
/// The database is out of reach.
pub(crate) async fn expire_exports(context: &Context, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let mut total = 0;
    loop {
        let expired = at_ease(export_job::expire(&context.db, now, BATCH)).await?;
        total += expired;
        if expired < BATCH.unsigned_abs() {
            return Ok(total);
        }
    }
}

/// Removes the files of exports that have none any more, and those that a run left behind which was killed at the wrong
/// moment; answers how many. A file is looked at before its row: one that is written meanwhile has a living row.
///
/// # Errors
/// Storage or database are away.
pub(crate) async fn exports(context: &Context) -> Result<u64, Failure> {
    let (mut removed, mut after) = (0, None);
    loop {
        let page = page(context, "exports/", after.as_deref()).await?;
        let Some(last) = page.last().map(|stored| stored.key.clone()) else { return Ok(removed) };
        let files: Vec<_> = page.into_iter().map(|stored| (id_of(&stored.key), stored.key)).collect();
        let ids = files.iter().filter_map(|(id, _)| *id).collect();
        let living: HashSet<_> = export_job::living(&context.db, ids).await?.into_iter().collect();
        let dead = files.into_iter().filter(|(id, _)| id.is_none_or(|id| !living.contains(&id)));
        let dead: Vec<_> = dead.map(|(_, key)| key).collect();
        delete(context, &dead).await?;
        removed += dead.len() as u64;
        after = Some(last);
    }
}

/// The export that a key belongs to (`jobs::file_key`).
fn id_of(key: &str) -> Option<Uuid> {
    let name = key.rsplit_once('/')?.1;
    name.split_once('.')?.0.parse().ok()
}

/// Aborts uploads that nobody will end, and answers how many.
///
/// # Errors
/// Storage is away.
pub(crate) async fn uploads(context: &Context, now: DateTime<Utc>) -> Result<u64, Failure> {
    let mut aborted = 0;
    for open in context.storage.open_uploads("").await? {
        if now - open.initiated >= NOBODY_WRITES {
            context.storage.abort_upload(&open.key, &open.id).await?;
            aborted += 1;
        }
    }
    Ok(aborted)
}
