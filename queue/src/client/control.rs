//! What operators do: cancel, retry, pause, resume, limit the rate of a queue.

use redis::RedisError;
use uuid::Uuid;

use crate::client::Queues;
use crate::connection::classify;
use crate::error::QueueError;
use crate::job::JobId;
use crate::machine::JobState;
use crate::millis;
use crate::options::RateLimit;
use crate::script::{CANCEL, RETRY};
use crate::view::{CancelAnswer, RetryAnswer};

impl Queues {
    /// Cancels a job, from any process: at once while it waits, within two seconds while it runs.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`].
    pub async fn cancel(&self, id: JobId) -> Result<CancelAnswer, QueueError> {
        let letters = self.in_every_queue(|queue| async move { self.cancel_in(&queue, id).await }).await?;
        let was = letters.iter().find_map(|letter| JobState::from_letter(*letter.first()?));
        Ok(match was {
            None => CancelAnswer::NotFound,
            Some(JobState::Running) => CancelAnswer::Requested,
            Some(JobState::Ready | JobState::Scheduled | JobState::Retry) => CancelAnswer::Cancelled,
            Some(state @ (JobState::Done | JobState::Dead | JobState::Cancelled | JobState::Expired)) => {
                CancelAnswer::WrongState(state)
            }
        })
    }

    async fn cancel_in(&self, queue: &str, id: JobId) -> Result<Vec<u8>, QueueError> {
        let mut call = CANCEL.on(&self.keys().queue(queue));
        call.arg(id.as_bytes());
        CANCEL.run(self.link(), &call).await.map_err(|e| classify(e, queue))
    }

    /// Gives a dead, cancelled or expired job all its attempts again.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`].
    pub async fn retry(&self, id: JobId) -> Result<RetryAnswer, QueueError> {
        let answers = self.in_every_queue(|queue| async move { self.retry_in(&queue, id).await }).await?;
        let found = answers
            .iter()
            .find_map(|(letter, owner)| Some((JobState::from_letter(*letter.first()?)?, owner)));
        Ok(match found {
            None => RetryAnswer::NotFound,
            Some((JobState::Dead | JobState::Cancelled | JobState::Expired, owner)) => {
                Uuid::from_slice(owner).map_or(RetryAnswer::Queued, RetryAnswer::UniqueTaken)
            }
            Some((
                state @ (JobState::Done
                | JobState::Ready
                | JobState::Scheduled
                | JobState::Running
                | JobState::Retry),
                _,
            )) => RetryAnswer::WrongState(state),
        })
    }

    async fn retry_in(&self, queue: &str, id: JobId) -> Result<(Vec<u8>, Vec<u8>), QueueError> {
        let mut call = RETRY.on(&self.keys().queue(queue));
        call.arg(id.as_bytes());
        RETRY.run(self.link(), &call).await.map_err(|e| classify(e, queue))
    }

    /// Stops taking from a queue; what runs goes on, enqueueing too.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`].
    pub async fn pause(&self, queue: &str) -> Result<(), QueueError> {
        self.set_meta(queue, &[("paused", "1".to_owned())]).await
    }

    /// Takes from a paused queue again.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`].
    pub async fn resume(&self, queue: &str) -> Result<(), QueueError> {
        let mut unset = redis::cmd("HDEL");
        unset.arg(self.keys().meta(queue)).arg("paused");
        self.call::<u64>(&unset).await?;
        self.wake(queue).await
    }

    /// Sets or lifts the rate limit of a whole queue; the limit's key is not used.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`], [`QueueError::Invalid`] for a limit of nothing.
    pub async fn limit_rate(&self, queue: &str, rate: Option<&RateLimit>) -> Result<(), QueueError> {
        let Some(rate) = rate else {
            let mut unset = redis::cmd("HDEL");
            unset.arg(self.keys().meta(queue)).arg("rate").arg("period");
            self.call::<u64>(&unset).await?;
            return self.wake(queue).await;
        };
        if rate.limit == 0 || rate.period.is_zero() {
            return Err(QueueError::Invalid("a rate limit needs a count and a period".to_owned()));
        }
        let fields = [("rate", rate.limit.to_string()), ("period", millis::of(rate.period).to_string())];
        self.set_meta(queue, &fields).await
    }

    async fn set_meta(&self, queue: &str, fields: &[(&str, String)]) -> Result<(), QueueError> {
        let mut set = redis::cmd("HSET");
        set.arg(self.keys().meta(queue));
        for (field, value) in fields {
            set.arg(*field).arg(value);
        }
        self.call::<u64>(&set).await.map(drop)
    }

    /// One token: a worker of the queue looks again now.
    async fn wake(&self, queue: &str) -> Result<(), QueueError> {
        let mut push = redis::cmd("LPUSH");
        push.arg(self.keys().wake(queue)).arg("1");
        let answer: Result<u64, RedisError> = self.link().call(&push).await;
        answer.map(drop).map_err(|e| classify(e, queue))
    }
}
