//! Files of rows: exports and reports, from the database into object storage. Rows are streamed, written into the document on
//! a thread of its own, and uploaded in parts, with bounded memory between all of them.
//!
//! A file has one key, and its row says whether it is still wanted. A run that begins puts away what a killed one left open; a run
//! that ends stores the row's completion together with the guard of the job's effects, and whoever calls the file off moves
//! the row first. So there is exactly one file after any number of runs, and none of a job that was called off.

mod content;
mod meter;
mod order;
mod outcome;
mod sink;
mod table;
mod trouble;

use entity::export_job;
use jobs::FileReport;
use platform::storage::Upload;

pub use self::order::Order;
use self::{content::Source, meter::Meter, trouble::Trouble};
use crate::{
    context::Context,
    handler::{Failure, Run},
};

/// Makes the file that is ordered; what a previous run of the job has made already is left as it is.
///
/// # Errors
/// A failure that tells an operator what is wrong. Its user reads in the export's row what they can do.
pub async fn make(context: &Context, run: &Run, order: &Order<'_>) -> Result<FileReport, Failure> {
    let key = order.key(run.id);
    if !export_job::begin(&context.db, run.id, &key).await? {
        return outcome::of_earlier_run(context, run).await;
    }
    match attempt(context, run, order, &key).await {
        Ok(report) => Ok(report),
        Err(trouble) => Err(outcome::fail(context, run, order, trouble).await),
    }
}

async fn attempt(context: &Context, run: &Run, order: &Order<'_>, key: &str) -> Result<FileReport, Trouble> {
    for left in context.storage.open_uploads(key).await? {
        context.storage.abort_upload(&left.key, &left.id).await?;
    }
    let mut upload = context.storage.upload(key, order.format().content_type());
    let written = tokio::select! {
        biased;
        () = run.stopped() => Err(Trouble::Stopped),
        // Boxed, since the whole path of a row is in it.
        written = Box::pin(write(context, run, order, &mut upload)) => written,
    };
    match written {
        Ok(rows) => outcome::store(context, run, order, outcome::Written { key, upload, rows }).await,
        Err(trouble) => {
            if let Err(error) = upload.abort().await {
                tracing::warn!(%error, key, "an upload stays open until it is cleaned up");
            }
            Err(trouble)
        }
    }
}

/// Writes the whole document into `upload`, and answers how many rows it has.
async fn write(context: &Context, run: &Run, order: &Order<'_>, upload: &mut Upload) -> Result<u64, Trouble> {
    let snapshot = context.configuration.current().await?;
    let source = Source { content: order.content, zone: snapshot.settings.attendance_timezone };
    table::write(context, order, source, &mut Meter::new(context, run), upload).await
}
