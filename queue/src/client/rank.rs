//! Where a page begins. The queues' lists are merged without being read: the key of a rank is found by counting what stands above
//! a few keys at a time, until so few jobs are left that their keys can be read; so page 5,000 costs what page 2 costs.

use futures_util::future::try_join_all;

use crate::client::source::{Key, Source, Spread};
use crate::error::QueueError;

/// Into how many parts each round divides what is left: a month of ms takes eleven rounds at most.
const PARTS: i64 = 8;

/// Of so many jobs the keys are read; `list.lua` gives no more of a set.
const NEAR: u64 = 200;

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    /// No job above this key is on it or on a later page.
    pub(super) key: Key,
    /// How many of the jobs at this key stand on earlier pages, queue by queue.
    pub(super) pass: Vec<u64>,
}

/// What stands above a key, queue by queue.
#[derive(Debug, Clone)]
struct Mark {
    key: Key,
    above: Vec<u64>,
}

impl Mark {
    fn sum(&self) -> u64 {
        self.above.iter().sum()
    }
}

/// The place of the job of rank `skip`, from 0; as an error, how many jobs there are when it is beyond them.
pub(super) async fn find(sources: &[Source<'_>], skip: u64) -> Result<Result<Start, u64>, QueueError> {
    let spreads = try_join_all(sources.iter().map(Source::spread)).await?;
    let others: u64 = spreads.iter().map(|spread| spread.others.len() as u64).sum();
    let in_sets: u64 = spreads.iter().map(|spread| spread.in_sets).sum();
    if skip >= others + in_sets {
        return Ok(Err(others + in_sets));
    }
    match skip.checked_sub(others) {
        None => {
            let keys: Vec<_> = spreads.into_iter().map(|spread| spread.others).collect();
            Ok(Ok(among(&keys, skip)))
        }
        Some(rest) => in_the_sets(sources, &spreads, rest).await.map(Ok),
    }
}

/// The place of a rank among jobs whose keys are known, queue by queue.
fn among(keys: &[Vec<Key>], skip: u64) -> Start {
    let mut all: Vec<Key> = keys.iter().flatten().copied().collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    let rank = usize::try_from(skip).unwrap_or(usize::MAX).min(all.len().saturating_sub(1));
    let key = all.get(rank).copied().unwrap_or_default();
    let above = all.iter().filter(|each| **each > key).count() as u64;
    let at: Vec<u64> =
        keys.iter().map(|of_queue| of_queue.iter().filter(|each| **each == key).count() as u64).collect();
    Start { key, pass: share(skip.saturating_sub(above), &at) }
}

/// Narrows the keys down to the lowest one with at most `skip` jobs above it.
async fn in_the_sets(sources: &[Source<'_>], spreads: &[Spread], skip: u64) -> Result<Start, QueueError> {
    let filled = || spreads.iter().filter(|spread| spread.in_sets > 0);
    let lowest = filled().map(|spread| spread.low).min().unwrap_or_default();
    let highest = filled().map(|spread| spread.high).max().unwrap_or_default();
    let all = spreads.iter().map(|spread| spread.in_sets).collect();
    let mut low = Mark { key: lowest - 1, above: all };
    let mut high = Mark { key: highest, above: vec![0; sources.len()] };
    while high.key - low.key > 1 {
        if low.sum().saturating_sub(high.sum()) <= NEAR {
            let keys = try_join_all(sources.iter().map(|source| source.keys(low.key, high.key))).await?;
            return Ok(among(&keys, skip.saturating_sub(high.sum())));
        }
        for mark in marks(sources, low.key, high.key).await? {
            if mark.sum() > skip {
                low = mark;
            } else {
                high = mark;
                break;
            }
        }
    }
    let at: Vec<u64> =
        low.above.iter().zip(&high.above).map(|(low, high)| low.saturating_sub(*high)).collect();
    Ok(Start { key: high.key, pass: share(skip.saturating_sub(high.sum()), &at) })
}

/// Counts at the keys that divide what lies between two others, ascending.
async fn marks(sources: &[Source<'_>], low: Key, high: Key) -> Result<Vec<Mark>, QueueError> {
    let mut keys: Vec<Key> = (1..PARTS).map(|part| low + (high - low) * part / PARTS).collect();
    keys.retain(|key| low < *key && *key < high);
    keys.dedup();
    let counts = try_join_all(sources.iter().map(|source| source.above(&keys))).await?;
    let mark = |(place, key)| {
        let above = counts.iter().map(|of_queue| of_queue.get(place).copied().unwrap_or_default());
        Mark { key, above: above.collect() }
    };
    Ok(keys.into_iter().enumerate().map(mark).collect())
}

/// Passes jobs over, queue after queue.
fn share(mut pass: u64, at_key: &[u64]) -> Vec<u64> {
    let mut take = |there: &u64| {
        let passed = pass.min(*there);
        pass -= passed;
        passed
    };
    at_key.iter().map(&mut take).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_among_known_keys_is_a_key_and_what_to_pass_over_at_it() {
        let keys = [vec![7, 9, 7], vec![8, 7]];
        let at = |skip| among(&keys, skip);
        assert_eq!(at(0), Start { key: 9, pass: vec![0, 0] });
        assert_eq!(at(1), Start { key: 8, pass: vec![0, 0] });
        assert_eq!(at(2), Start { key: 7, pass: vec![0, 0] });
        assert_eq!(at(4), Start { key: 7, pass: vec![2, 0] });
    }

    #[test]
    fn jobs_are_passed_over_queue_after_queue() {
        assert_eq!(share(5, &[3, 0, 4]), [3, 0, 2]);
    }
}
