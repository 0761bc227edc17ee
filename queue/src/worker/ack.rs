//! Acknowledgements: what is to become of a run, and Redis's word on it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::delivery::Fence;
use crate::job::JobId;
use crate::options::Retention;

/// What is to become of a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// Succeeded; the result as JSON, empty for none.
    Done(String),
    /// Try again after the delay.
    Retry(String, Duration),
    /// Failed for good.
    Dead(String),
    /// Called off; why, if the handler said.
    Cancelled(String),
    /// Come back later, unspent.
    Snooze(Duration),
    /// The worker goes; unspent.
    HandBack,
}

impl Verdict {
    /// The label of the metrics.
    pub(crate) const fn label(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Retry(..) => "retry",
            Self::Dead(_) => "dead",
            Self::Cancelled(_) => "cancelled",
            Self::Snooze(_) => "snooze",
            Self::HandBack => "handed_back",
        }
    }
}

/// Redis's word on an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The outcome stands.
    Applied,
    /// It stood already: the first answer was lost.
    AlreadyApplied,
    /// Another run has the job, or none; nothing was changed.
    NotYours,
}

impl Answer {
    pub(crate) fn read(code: u8, retention: Retention) -> Self {
        match code {
            1 => Self::Applied,
            2 => Self::AlreadyApplied,
            // Of a job of which only counters are kept, nothing is left to compare with once it is done.
            3 if retention == Retention::CountersOnly => Self::AlreadyApplied,
            _ => Self::NotYours,
        }
    }
}

/// One acknowledgement.
#[derive(Debug)]
pub(crate) struct Ack {
    pub(crate) source: usize,
    pub(crate) id: JobId,
    pub(crate) fence: Fence,
    pub(crate) kind: Arc<str>,
    pub(crate) retention: Retention,
    pub(crate) verdict: Verdict,
    pub(crate) reply: Option<oneshot::Sender<Answer>>,
}

impl Ack {
    /// True when both can be told to Redis as one group.
    pub(crate) fn ends_like(&self, other: &Self) -> bool {
        self.kind == other.kind && self.retention == other.retention && self.verdict == other.verdict
    }

    /// Passes Redis's word on to the run.
    pub(crate) fn answer(self, code: u8) {
        let answer = Answer::read(code, self.retention);
        if answer == Answer::NotYours {
            tracing::warn!(job_id = %self.id, kind = %self.kind, "the lease was lost before the job was acknowledged");
        }
        if let Some(reply) = self.reply {
            // Nobody waits for the answer of a run whose service was dropped.
            let _ = reply.send(answer);
        }
    }
}
