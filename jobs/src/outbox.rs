//! The sweep: unfinished outbox rows are compared with what the queue knows. A job that the queue has forgotten is pushed again
//! under its old id, and one that has ended has its outcome copied to its row. So a Redis that lost a second, or everything, costs
//! no accepted job. One that was called off is never pushed: while the queue has it, the queue is told again.

use std::{borrow::Cow, collections::HashMap};

use chrono::{TimeDelta, Utc};
use entity::{
    job_effect,
    job_outbox::{self, Outcome, Position},
};
use queue::{JobContext, JobId, JobState, NewJob, Presence, Queues};
use sea_orm::DatabaseConnection;

use crate::{EnqueueError, enqueue::Stored, holder::Place};

/// Younger rows are on their way: their push follows their commit.
const AGE: TimeDelta = TimeDelta::seconds(5);
/// Rows of one batch; their locks are held for one round trip to Redis.
const BATCH: i64 = 500;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Jobs that the queue had not, and has now.
    pub pushed: usize,
    /// Jobs whose outcome was copied.
    pub finished: usize,
}

/// Looks at every unfinished row once. Any number of processes may sweep at the same time; they share the rows.
///
/// # Errors
/// Database or queue are away; the next sweep goes on.
pub async fn sweep(db: &DatabaseConnection, queues: &Queues) -> Result<Sweep, EnqueueError> {
    let (mut total, mut position) = (Sweep::default(), Position::START);
    loop {
        let transaction = entity::begin(db).await?;
        let rows = job_outbox::claim_unfinished(&transaction, AGE, position, BATCH).await?;
        let Some(last) = rows.last() else { return Ok(total) };
        position = last.into();
        let batch = compare(queues, &rows).await?;
        total.pushed += push(&transaction, queues, &batch.missing).await?;
        total.finished += batch.finished.len();
        total.finished += batch.called_off.len();
        let called_off = ends_of(&transaction, batch.called_off).await?;
        finish(&transaction, &batch.finished).await?;
        finish(&transaction, &called_off).await?;
        transaction.commit().await?;
        let ended: Vec<_> = batch.finished.into_iter().map(|(place, _)| place).collect();
        queues.confirm_finished(&ended).await?;
        for id in batch.unheard {
            queues.cancel(id).await?;
        }
    }
}

#[derive(Default)]
struct Batch {
    missing: Vec<NewJob>,
    finished: Vec<(Place, Outcome)>,
    /// Cancelled ones that the queue has not, or not any more.
    called_off: Vec<Place>,
    /// Cancelled ones that go on as if nobody had said so.
    unheard: Vec<JobId>,
}

async fn compare(queues: &Queues, rows: &[job_outbox::Model]) -> Result<Batch, EnqueueError> {
    let places: Vec<Place> = rows.iter().map(|row| (row.queue.clone(), row.id)).collect();
    let known = queues.finished_states(&places).await?;
    let mut batch = Batch::default();
    for ((row, place), presence) in rows.iter().zip(places).zip(known) {
        match presence {
            Presence::Missing if row.cancel_requested_at.is_some() => batch.called_off.push(place),
            Presence::Live if row.cancel_requested_at.is_some() => batch.unheard.push(row.id),
            Presence::Missing => match restore(row) {
                Ok(job) => batch.missing.push(job),
                // One row that nobody can read must not keep the others from being swept.
                Err(error) => {
                    tracing::error!(job = %row.id, %error, "an outbox row cannot be read");
                    batch.finished.push((place, Outcome::Dead));
                }
            },
            Presence::Live => {}
            Presence::Terminal(end) => {
                batch.finished.extend(outcome(end.state).map(|outcome| (place, outcome)));
            }
        }
    }
    Ok(batch)
}

/// How cancelled jobs that the queue has forgotten ended: one whose effects are stored was done before it could be stopped.
async fn ends_of(
    transaction: &sea_orm::DatabaseTransaction,
    places: Vec<Place>,
) -> Result<Vec<(Place, Outcome)>, EnqueueError> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let done = job_effect::applied(transaction, places.iter().map(|(_, id)| *id).collect()).await?;
    let end = |id: JobId| if done.contains(&id) { Outcome::Done } else { Outcome::Cancelled };
    Ok(places.into_iter().map(|(queue, id)| ((queue, id), end(id))).collect())
}

/// The outcome that a row has of a job in this state; none while it can go on.
pub(crate) fn outcome(state: JobState) -> Option<Outcome> {
    match state {
        JobState::Done => Some(Outcome::Done),
        JobState::Dead => Some(Outcome::Dead),
        JobState::Cancelled => Some(Outcome::Cancelled),
        JobState::Expired => Some(Outcome::Expired),
        JobState::Scheduled | JobState::Ready | JobState::Running | JobState::Retry => None,
    }
}

/// A queue that is full keeps its jobs in the outbox, and the outcomes of the others are copied all the same.
async fn push(
    transaction: &sea_orm::DatabaseTransaction,
    queues: &Queues,
    jobs: &[NewJob],
) -> Result<usize, EnqueueError> {
    if jobs.is_empty() {
        return Ok(0);
    }
    if let Err(error) = queues.enqueue(jobs).await {
        tracing::warn!(%error, jobs = jobs.len(), "left in the outbox");
        return Ok(0);
    }
    job_outbox::mark_pushed(transaction, jobs.iter().map(|job| job.id), Utc::now()).await?;
    Ok(jobs.len())
}

/// The very job that was accepted.
fn restore(row: &job_outbox::Model) -> Result<NewJob, EnqueueError> {
    let stored: Stored = serde_json::from_value(row.options.clone())?;
    Ok(NewJob {
        id: row.id,
        kind: Cow::Owned(row.kind.clone()),
        version: stored.version,
        payload: serde_json::value::to_raw_value(&row.payload)?,
        context: JobContext {
            request_id: Some(row.request_id.to_string()),
            actor: row.actor.as_deref().and_then(|actor| actor.parse().ok()),
            traceparent: stored.traceparent,
        },
        options: stored.options,
    })
}

async fn finish(
    transaction: &sea_orm::DatabaseTransaction,
    finished: &[(Place, Outcome)],
) -> Result<(), EnqueueError> {
    let mut by_outcome: HashMap<Outcome, Vec<JobId>> = HashMap::new();
    for ((_, id), outcome) in finished {
        by_outcome.entry(*outcome).or_default().push(*id);
    }
    for (outcome, ids) in by_outcome {
        job_outbox::mark_finished(transaction, ids, outcome, Utc::now()).await?;
    }
    Ok(())
}
