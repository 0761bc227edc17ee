//! The two ways to ask for work. A durable job is accepted in the caller's transaction and pushed after the commit; were the push
//! lost, the sweeper makes up for it, so an accepted job never is. The others go to the queue directly and may be lost.

use entity::job_outbox::{self, Accepted};
use queue::{Enqueued, JobId, JobOptions, NewJob, Queues};
use sea_orm::{ActiveValue::Set, ConnectionTrait};
use serde::{Deserialize, Serialize};

use crate::{EnqueueError, Job, Origin, Work, holder::Place, reopen::window_end};

/// A job that stands in the outbox and waits for the commit.
#[derive(Debug)]
#[must_use = "push it after the commit, or it waits for the sweeper"]
pub struct Pending {
    /// The job that stands for the request: its own, or the one that holds its unique key.
    pub id: JobId,
    /// Whether an earlier job stands in for it.
    pub duplicate: bool,
    new: Option<NewJob>,
    /// The former holder of its unique key, whose row was finished in the same transaction.
    ended: Option<Place>,
}

impl Pending {
    /// The same, where its key came from a job that has ended.
    pub(crate) fn after(self, ended: Place) -> Self {
        Self { ended: Some(ended), ..self }
    }

    /// Hands the job to the queue. It is accepted already, so a queue that is away is no error: the sweeper pushes it later.
    pub async fn push(self, queues: &Queues) {
        if let Some(job) = self.new
            && let Err(error) = queues.enqueue(std::slice::from_ref(&job)).await
        {
            tracing::warn!(job = %job.id, kind = %job.kind, %error, "left to the sweeper");
        }
        // Only now: a record that is trimmed before the commit would look like one that was lost.
        if let Some(place) = self.ended
            && let Err(error) = queues.confirm_finished(&[place]).await
        {
            tracing::warn!(%error, "the record of a job that has ended stays");
        }
    }
}

/// What an outbox row keeps of a job beside its queue, kind and payload.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stored {
    pub(crate) version: u16,
    pub(crate) options: JobOptions,
    /// The trace that the job belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) traceparent: Option<String>,
}

/// Accepts a job in the caller's transaction.
///
/// # Errors
/// The payload is no JSON, or the database is away.
pub async fn enqueue_in<J: Job>(
    transaction: &impl ConnectionTrait,
    job: &J,
    origin: Origin,
) -> Result<Pending, EnqueueError> {
    enqueue_as(transaction, JobId::now_v7(), Work::of(job)?, origin).await
}

/// The same under an id that the caller chose: of two calls with one id, the second finds the first one's job.
///
/// # Errors
/// As [`enqueue_in`].
pub async fn enqueue_as(
    transaction: &impl ConnectionTrait,
    id: JobId,
    mut work: Work,
    origin: Origin,
) -> Result<Pending, EnqueueError> {
    // The key is claimed by the row, for as long as the row is not finished; Redis need not know it.
    let unique = work.options.unique.take();
    let payload = work.payload().clone();
    let new = work.into_new(id, origin)?;
    let until = unique.as_ref().and_then(|unique| window_end(unique.window));
    let stored = Stored {
        version: new.version,
        options: new.options.clone(),
        traceparent: new.context.traceparent.clone(),
    };
    let row = job_outbox::ActiveModel {
        id: Set(new.id),
        queue: Set(new.options.queue.to_string()),
        kind: Set(new.kind.to_string()),
        payload: Set(payload),
        options: Set(serde_json::to_value(stored)?),
        actor: Set(origin.actor.map(|actor| actor.to_string())),
        request_id: Set(origin.request_id),
        unique_key: Set(unique.map(|unique| unique.key)),
        unique_until: Set(until),
        ..Default::default()
    };
    Ok(match job_outbox::accept(transaction, row).await? {
        Accepted::New(id) => Pending { id, duplicate: false, new: Some(new), ended: None },
        Accepted::Duplicate(id) => Pending { id, duplicate: true, new: None, ended: None },
    })
}

/// Hands a job that may be lost to the queue.
///
/// # Errors
/// The payload is no JSON, or the queue is away or full.
pub async fn enqueue<J: Job>(
    queues: &Queues,
    job: &J,
    origin: Origin,
) -> Result<Vec<Enqueued>, EnqueueError> {
    enqueue_all(queues, std::slice::from_ref(job), origin).await
}

/// Hands many of them over in one call.
///
/// # Errors
/// A payload is no JSON, or the queue is away or full; some may have been taken then.
pub async fn enqueue_all<J: Job>(
    queues: &Queues,
    jobs: &[J],
    origin: Origin,
) -> Result<Vec<Enqueued>, EnqueueError> {
    let new = |job| Work::of(job)?.into_new(JobId::now_v7(), origin);
    let new: Vec<_> = jobs.iter().map(new).collect::<Result<_, _>>()?;
    Ok(queues.enqueue(&new).await?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::{CaptureFrame, SampleCameras, SendFrame};

    fn comes_back(job: &impl Job) {
        let new = Work::of(job).unwrap().into_new(JobId::now_v7(), Origin::system()).unwrap();
        let stored = Stored {
            version: new.version,
            options: new.options,
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        };
        let kept = serde_json::to_value(&stored).unwrap();
        let back: Stored = serde_json::from_value(kept).unwrap();
        assert_eq!((back.version, back.options), (stored.version, stored.options));
        assert_eq!(back.traceparent, stored.traceparent);
    }

    #[test]
    fn a_job_comes_out_of_the_outbox_as_it_went_in() {
        comes_back(&SendFrame { camera_id: "CAM-01".to_owned() });
        comes_back(&CaptureFrame { camera_id: "CAM-01".to_owned(), interval_seconds: 5 });
        comes_back(&SampleCameras::default());
    }
}
