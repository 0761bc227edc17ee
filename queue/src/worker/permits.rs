//! The permits of a worker: one for each job that it may run at a time. Whoever fetches takes permits first, as many as
//! it asks for jobs, so that no job ever waits in a buffer of the worker's.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Permits, counted by queue.
#[derive(Debug)]
pub(crate) struct Permits {
    concurrency: usize,
    caps: Vec<usize>,
    held: Mutex<Vec<usize>>,
}

impl Permits {
    /// `concurrency` permits, of which each queue may hold as many as its cap.
    pub(crate) fn new(concurrency: usize, caps: Vec<usize>) -> Self {
        let held = Mutex::new(vec![0; caps.len()]);
        Self { concurrency, caps, held }
    }

    fn held(&self) -> MutexGuard<'_, Vec<usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Permits in use, those of fetches under way too.
    pub(crate) fn in_use(&self) -> usize {
        self.held().iter().sum()
    }

    /// Free permits, and how many of them each queue could take.
    pub(crate) fn room(&self) -> (usize, Vec<usize>) {
        let held = self.held();
        let free = self.concurrency - held.iter().sum::<usize>();
        (free, self.caps.iter().zip(&*held).map(|(cap, held)| (cap - held).min(free)).collect())
    }

    /// Takes up to `most` permits for a queue and says how many it got.
    pub(crate) fn take(&self, queue: usize, most: usize) -> usize {
        let mut held = self.held();
        let free = self.concurrency - held.iter().sum::<usize>();
        let taken = most.min(free).min(self.caps[queue] - held[queue]);
        held[queue] += taken;
        taken
    }

    /// Gives permits back.
    pub(crate) fn give_back(&self, queue: usize, permits: usize) {
        let mut held = self.held();
        held[queue] = held[queue].saturating_sub(permits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_given_than_there_is_and_no_queue_gets_more_than_its_cap() {
        let permits = Permits::new(4, vec![3, 3]);
        assert_eq!((permits.take(0, 10), permits.take(1, 10), permits.take(1, 1)), (3, 1, 0));
        assert_eq!(permits.room(), (0, vec![0, 0]));
        permits.give_back(0, 2);
        assert_eq!((permits.in_use(), permits.room()), (2, (2, vec![2, 2])));
    }
}
