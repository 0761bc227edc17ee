//! Latencies of one kind, all of them kept, so that percentiles are exact.

use std::{fmt, time::Duration};

/// At least one latency, in order.
pub struct Latencies(Vec<Duration>);

impl FromIterator<Duration> for Latencies {
    fn from_iter<T: IntoIterator<Item = Duration>>(all: T) -> Self {
        let mut all: Vec<_> = all.into_iter().collect();
        all.sort_unstable();
        Self(all)
    }
}

impl Latencies {
    /// The smallest latency that `percent` of all do not exceed (nearest rank); zero of none.
    pub fn at(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p95, p99, max] = [50, 95, 99, 100].map(|percent| self.at(percent).as_secs_f64() * 1_000.0);
        let count = self.0.len();
        write!(f, "p50 {p50:8.3}  p95 {p95:8.3}  p99 {p99:8.3}  max {max:8.3} ms  ({count} times)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_members_of_the_sample() {
        let latencies: Latencies = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!([50, 95, 99, 100].map(|p| latencies.at(p).as_millis()), [100, 190, 198, 200]);
    }

    #[test]
    fn one_latency_is_every_percentile() {
        let latencies: Latencies = [Duration::from_millis(7)].into_iter().collect();
        assert_eq!([1, 50, 100].map(|p| latencies.at(p).as_millis()), [7, 7, 7]);
    }
}
