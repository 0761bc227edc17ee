//! How the server is to fail: at the next calls of a method, or at random ones.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// One way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection breaks before anything is done.
    BreakBefore,
    /// It is done, and the connection breaks before the reply.
    BreakAfter,
    /// A proxy answers with this status, and nothing is done.
    StatusBefore(u16),
    /// It is done, and a proxy answers with this status.
    StatusAfter(u16),
    /// It is done, and the reply comes so much later.
    SlowReply(Duration),
    /// It is done so much later, even if the caller has hung up by then.
    SlowWork(Duration),
    /// It is done, and a page comes instead of data.
    Page,
    /// It is done, and the reply has neither result nor error.
    Bare,
    /// The reply is larger than anybody wants.
    Huge,
    /// The key expires at this call.
    KeyExpires,
}

/// The faults that are to come.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Plan>);

#[derive(Debug, Default)]
struct Plan {
    next: VecDeque<(Option<&'static str>, Fault)>,
    random: Option<Random>,
    calls: u64,
}

/// Faults at random calls: one of so many fails.
#[derive(Debug)]
struct Random {
    state: u64,
    one_in: u64,
    faults: Vec<Fault>,
}

impl Random {
    /// xorshift64 (G. Marsaglia, "Xorshift RNGs", 2003).
    fn draw(&mut self, below: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % below.max(1)
    }

    fn fault(&mut self) -> Option<Fault> {
        if self.draw(self.one_in) != 0 {
            return None;
        }
        let place = self.draw(self.faults.len() as u64);
        usize::try_from(place).ok().and_then(|place| self.faults.get(place)).copied()
    }
}

impl Faults {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call of `method`, or of any where none is named, fails so; several wait for their turn.
    pub fn next(&self, method: Option<&'static str>, fault: Fault) {
        self.plan().next.push_back((method, fault));
    }

    /// From now on one of `one_in` calls fails in one of these ways, as `seed` decides.
    pub fn at_random(&self, seed: u64, one_in: u64, faults: &[Fault]) {
        self.plan().random = Some(Random { state: seed | 1, one_in, faults: faults.to_vec() });
    }

    /// Nothing fails any more.
    pub fn none(&self) {
        let mut plan = self.plan();
        plan.next.clear();
        plan.random = None;
    }

    /// Calls so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.plan().calls
    }

    /// How this call is to fail.
    pub(crate) fn of(&self, method: &str) -> Option<Fault> {
        let mut plan = self.plan();
        plan.calls += 1;
        let meant = plan.next.iter().position(|(wanted, _)| wanted.is_none_or(|wanted| wanted == method));
        if let Some((_, fault)) = meant.and_then(|place| plan.next.remove(place)) {
            return Some(fault);
        }
        plan.random.as_mut().and_then(Random::fault)
    }
}
