//! The circuit breaker: a state machine without clock or I/O. Closed, every call passes, and failures within a window
//! are counted. Open, none passes until the cool-down is over. Then, half-open, a single trial decides.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// When it opens and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BreakerSettings {
    /// So many failures...
    pub failures: usize,
    /// ...within this time open it.
    pub window: Duration,
    /// It stays open this long.
    pub cool_down: Duration,
}

/// Whoever meets a running trial asks again after this.
const DURING_TRIAL: Duration = Duration::from_secs(1);

/// The machine.
#[derive(Debug)]
pub(crate) struct Breaker {
    settings: BreakerSettings,
    state: State,
    /// Counts transitions: the outcome of a call that began in another state says nothing about this one.
    era: u64,
}

#[derive(Debug)]
enum State {
    Closed { failures: VecDeque<Instant> },
    Open { until: Instant },
    HalfOpen,
}

/// Leave to make one call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    era: u64,
}

/// How an admitted call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    Failure,
    /// It was given up, or failed for reasons that are not the provider's.
    Unknown,
}

impl Breaker {
    pub const fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: State::Closed { failures: VecDeque::new() }, era: 0 }
    }

    /// Lets a call pass, or answers when to ask again. The ticket of a call that passed must come back by
    /// [`Breaker::record`].
    pub fn admit(&mut self, now: Instant) -> Result<Ticket, Duration> {
        match self.state {
            State::Closed { .. } => {}
            State::Open { until } if now < until => return Err(until - now),
            State::Open { .. } => self.turn(State::HalfOpen),
            State::HalfOpen => return Err(DURING_TRIAL),
        }
        Ok(Ticket { era: self.era })
    }

    /// Takes note of how a call ended.
    pub fn record(&mut self, ticket: &Ticket, outcome: Outcome, now: Instant) {
        if ticket.era != self.era {
            return;
        }
        let BreakerSettings { failures: limit, window, cool_down } = self.settings;
        match (&mut self.state, outcome) {
            (State::Closed { failures }, Outcome::Failure) => {
                failures.push_back(now);
                failures.retain(|at| now.saturating_duration_since(*at) < window);
                if failures.len() >= limit {
                    self.turn(State::Open { until: now + cool_down });
                }
            }
            (State::HalfOpen, Outcome::Failure) => self.turn(State::Open { until: now + cool_down }),
            (State::HalfOpen, Outcome::Success) => self.turn(State::Closed { failures: VecDeque::new() }),
            // The trial told nothing: the next call is the trial.
            (State::HalfOpen, Outcome::Unknown) => self.turn(State::Open { until: now }),
            (State::Closed { .. }, Outcome::Success | Outcome::Unknown) | (State::Open { .. }, _) => {}
        }
    }

    /// Whether calls are held back.
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed { .. })
    }

    fn turn(&mut self, state: State) {
        self.state = state;
        self.era += 1;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    const SETTINGS: BreakerSettings =
        BreakerSettings { failures: 5, window: Duration::from_secs(30), cool_down: Duration::from_secs(15) };

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    /// A breaker that opened at the instant given back.
    fn open() -> (Breaker, Instant) {
        let (mut breaker, now) = (Breaker::new(SETTINGS), Instant::now());
        for _ in 0..5 {
            let ticket = breaker.admit(now).unwrap();
            breaker.record(&ticket, Outcome::Failure, now);
        }
        (breaker, now)
    }

    #[test]
    fn five_failures_open_it_and_the_wait_is_told() {
        let (mut breaker, now) = open();
        assert_eq!(breaker.admit(now + seconds(5)), Err(seconds(10)));
    }

    #[test]
    fn failures_far_apart_do_not_open_it() {
        let (mut breaker, now) = (Breaker::new(SETTINGS), Instant::now());
        for n in 0..100 {
            let ticket = breaker.admit(now + seconds(n * 8)).unwrap();
            breaker.record(&ticket, Outcome::Failure, now + seconds(n * 8));
        }
        assert!(!breaker.is_open());
    }

    #[test]
    fn one_trial_at_a_time_decides() {
        let (mut breaker, now) = open();
        let later = now + seconds(15);
        let trial = breaker.admit(later).unwrap();
        assert_eq!(breaker.admit(later), Err(DURING_TRIAL));
        breaker.record(&trial, Outcome::Failure, later);
        assert_eq!(breaker.admit(later), Err(seconds(15)));
        let trial = breaker.admit(later + seconds(15)).unwrap();
        breaker.record(&trial, Outcome::Success, later + seconds(16));
        assert!(!breaker.is_open() && breaker.admit(later + seconds(16)).is_ok());
    }

    #[test]
    fn a_trial_that_is_given_up_leaves_room_for_another() {
        let (mut breaker, now) = open();
        let trial = breaker.admit(now + seconds(15)).unwrap();
        breaker.record(&trial, Outcome::Unknown, now + seconds(16));
        assert!(breaker.admit(now + seconds(16)).is_ok());
    }

    #[test]
    fn a_call_from_before_the_trial_does_not_close_it() {
        let (mut breaker, now) = (Breaker::new(SETTINGS), Instant::now());
        let slow = breaker.admit(now).unwrap();
        for _ in 0..5 {
            let ticket = breaker.admit(now).unwrap();
            breaker.record(&ticket, Outcome::Failure, now);
        }
        breaker.admit(now + seconds(15)).unwrap();
        breaker.record(&slow, Outcome::Success, now + seconds(15));
        assert!(breaker.is_open());
    }

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![Just(Outcome::Success), Just(Outcome::Failure), Just(Outcome::Unknown)]
    }

    proptest! {
        /// Whatever happens: it is open only after five failures within the window, a failed trial or the wait for
        /// one, and while it is open one call at most is under way that was admitted since.
        #[test]
        fn it_opens_for_a_reason_and_lets_single_trials_pass(
            steps in proptest::collection::vec((0_u64..20, any::<bool>(), outcome(), any::<prop::sample::Index>()), 1..200),
        ) {
            let (mut breaker, mut now) = (Breaker::new(SETTINGS), Instant::now());
            let (mut running, mut failed): (Vec<(Ticket, bool)>, Vec<Instant>) = (Vec::new(), Vec::new());
            for (pause, start, outcome, which) in steps {
                now += seconds(pause);
                if start || running.is_empty() {
                    let was_open = breaker.is_open();
                    if let Ok(ticket) = breaker.admit(now) {
                        running.push((ticket, was_open));
                    }
                } else {
                    let (ticket, was_trial) = running.swap_remove(which.index(running.len()));
                    let was_open = breaker.is_open();
                    breaker.record(&ticket, outcome, now);
                    if outcome == Outcome::Failure { failed.push(now); }
                    let recent = failed.iter().filter(|at| now - **at < seconds(30)).count();
                    prop_assert!(was_open || !breaker.is_open() || recent >= 5);
                    prop_assert!(!was_open || breaker.is_open() || (was_trial && outcome == Outcome::Success));
                }
                let trials = running.iter().filter(|(ticket, _)| ticket.era == breaker.era).count();
                prop_assert!(!breaker.is_open() || trials <= 1);
            }
        }

        #[test]
        fn the_cool_down_is_kept_and_then_ends(early in 0_u64..15_000, late in 15_000_u64..100_000) {
            let (mut breaker, now) = open();
            prop_assert!(breaker.admit(now + Duration::from_millis(early)).is_err());
            prop_assert!(breaker.admit(now + Duration::from_millis(late)).is_ok());
        }
    }
}
