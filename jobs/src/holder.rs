//! Who holds a unique key. The sweeper copies the end of a job some seconds late; whoever asks for the same work meanwhile asks the
//! queue, so that a job which has ended does not stand in for one that is wanted.

use std::time::Duration;

use chrono::Utc;
use entity::job_outbox;
use queue::{JobId, Presence, Queues};
use sea_orm::DatabaseTransaction;

use crate::{EnqueueError, Origin, Pending, Work, enqueue_as, outbox::outcome};

/// Time for the queue's word; without it the holder stands. A transaction is open meanwhile.
const ANSWER: Duration = Duration::from_millis(500);

/// Queue and id of a job.
pub(crate) type Place = (String, JobId);

/// Accepts a job as [`enqueue_as`] does, but where the holder of its unique key has ended already, the holder's row is finished and
/// the key passes on. A queue that is away cannot tell: then the holder stands in.
///
/// # Errors
/// As [`enqueue_as`].
pub async fn enqueue_or_join(
    transaction: &DatabaseTransaction,
    queues: &Queues,
    work: Work,
    origin: Origin,
) -> Result<Pending, EnqueueError> {
    let id = JobId::now_v7();
    let joined = enqueue_as(transaction, id, work.clone(), origin).await?;
    if !joined.duplicate {
        return Ok(joined);
    }
    let Some(ended) = finish_ended(transaction, queues, joined.id).await? else { return Ok(joined) };
    Ok(enqueue_as(transaction, id, work, origin).await?.after(ended))
}

/// Finishes the row of a job that has ended. A row that somebody holds is left: a sweeper is about to finish it, or a person to
/// start the job again.
async fn finish_ended(
    transaction: &DatabaseTransaction,
    queues: &Queues,
    id: JobId,
) -> Result<Option<Place>, EnqueueError> {
    let Some(row) = job_outbox::lock_if_free(transaction, id).await? else { return Ok(None) };
    let place = (row.queue, row.id);
    if row.finished_at.is_some() {
        return Ok(Some(place));
    }
    let asked = queues.finished_states(std::slice::from_ref(&place));
    let Ok(Ok(known)) = tokio::time::timeout(ANSWER, asked).await else { return Ok(None) };
    let Some(Presence::Terminal(end)) = known.first() else { return Ok(None) };
    let Some(outcome) = outcome(end.state) else { return Ok(None) };
    job_outbox::mark_finished(transaction, vec![id], outcome, Utc::now()).await?;
    Ok(Some(place))
}
