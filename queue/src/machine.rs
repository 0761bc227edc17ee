//! The state machine of a job, free of I/O: which states there are, how they are written in Redis, and which
//! transitions the Lua scripts may make. `ARCHITECTURE.md` shows the same as a diagram.

use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waits for its `run_at`, for the end of a snooze, or for its rate limit.
    Scheduled,
    /// Waits for a worker, or for its turn among the jobs of its concurrency key.
    Ready,
    /// A worker holds its lease.
    Running,
    /// Failed, and waits out its backoff.
    Retry,
    /// Succeeded.
    Done,
    /// Failed for good.
    Dead,
    /// Called off by an operator.
    Cancelled,
    /// Was not started before its `expires_at`.
    Expired,
}

impl JobState {
    /// Every state, in the order of the diagram.
    pub const ALL: [Self; 8] = [
        Self::Scheduled,
        Self::Ready,
        Self::Running,
        Self::Retry,
        Self::Done,
        Self::Dead,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The name used in the API, in metrics and in Redis keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Retry => "retry",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// True for states that only an operator's retry leaves.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Done | Self::Dead | Self::Cancelled | Self::Expired)
    }

    /// True when the scripts may move a job from `self` to `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Scheduled | Self::Retry => {
                matches!(next, Self::Ready | Self::Cancelled | Self::Expired)
            }
            Self::Ready => {
                matches!(next, Self::Running | Self::Cancelled | Self::Expired)
            }
            Self::Running => !matches!(next, Self::Running | Self::Expired),
            Self::Dead | Self::Cancelled | Self::Expired => matches!(next, Self::Ready),
            Self::Done => false,
        }
    }

    /// The letter that stands for the state in the run field.
    pub(crate) const fn letter(self) -> u8 {
        match self {
            Self::Scheduled => b's',
            Self::Ready => b'w',
            Self::Running => b'R',
            Self::Retry => b't',
            Self::Done => b'd',
            Self::Dead => b'x',
            Self::Cancelled => b'c',
            Self::Expired => b'e',
        }
    }

    /// The state of a run field's letter.
    pub(crate) fn from_letter(letter: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.letter() == letter)
    }
}

impl std::fmt::Display for JobState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for JobState {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == name)
            .ok_or_else(|| format!("unknown job state: {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_state() -> impl Strategy<Value = JobState> {
        proptest::sample::select(JobState::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn names_and_letters_lead_back_to_their_state(state in any_state()) {
            prop_assert_eq!(JobState::from_letter(state.letter()), Some(state));
            prop_assert_eq!(state.as_str().parse::<JobState>(), Ok(state));
        }

        #[test]
        fn every_walk_reaches_running_only_from_ready(walk in proptest::collection::vec(any_state(), 1..20)) {
            for pair in walk.windows(2).filter(|pair| pair[0].may_become(pair[1])) {
                prop_assert!(pair[1] != JobState::Running || pair[0] == JobState::Ready);
            }
        }

        #[test]
        fn what_is_terminal_is_left_only_for_ready(from in any_state(), to in any_state()) {
            if from.is_terminal() && from.may_become(to) {
                prop_assert_eq!(to, JobState::Ready);
            }
        }

        #[test]
        fn done_stays_done(to in any_state()) {
            prop_assert!(!JobState::Done.may_become(to));
        }
    }
}
