//! A stretch of time cut where days of UTC begin: rows that are counted by day as they come need only be counted afresh in what the
//! stretch takes of a first and a last day besides.

use chrono::{NaiveTime, TimeDelta};
use sea_orm::entity::prelude::{Date, DateTimeUtc};

/// The finest step of time that PostgreSQL knows.
const STEP: TimeDelta = TimeDelta::microseconds(1);

/// A stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Its whole days, from the first to the one before the second; open where the stretch is, and nothing where it has none.
    pub days: Option<(Option<Date>, Option<Date>)>,
    /// What is before and behind them, both ends included.
    pub rest: Vec<(DateTimeUtc, DateTimeUtc)>,
}

/// The times from `from` to `to`, both included and open where absent.
pub(crate) fn cut(from: Option<DateTimeUtc>, to: Option<DateTimeUtc>) -> Cut {
    let first = from.map(|from| (from - STEP).date_naive() + TimeDelta::days(1));
    let end = to.map(|to| (to + STEP).date_naive());
    if first.zip(end).is_some_and(|(first, end)| first >= end) {
        return Cut { days: None, rest: from.zip(to).into_iter().collect() };
    }
    let before = from.zip(first.map(|day| midnight(day) - STEP));
    let behind = end.map(midnight).zip(to);
    let rest = before.into_iter().chain(behind).filter(|(from, to)| from <= to).collect();
    Cut { days: Some((first, end)), rest }
}

fn midnight(day: Date) -> DateTimeUtc {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn at(text: &str) -> DateTimeUtc {
        text.parse().unwrap()
    }

    fn day(text: &str) -> Option<Date> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn whole_days_are_told_from_what_is_before_and_behind_them() {
        let (from, to) = (at("2026-11-20T06:00:00Z"), at("2026-11-23T00:00:00Z"));
        let rest = vec![(from, at("2026-11-20T23:59:59.999999Z")), (to, to)];
        let days = Some((day("2026-11-21"), day("2026-11-23")));
        assert_eq!(cut(Some(from), Some(to)), Cut { days, rest });
    }

    #[test]
    fn a_stretch_from_midnight_to_the_last_microsecond_has_no_rest() {
        let (from, to) = (at("2026-11-20T00:00:00Z"), at("2026-11-21T23:59:59.999999Z"));
        let days = Some((day("2026-11-20"), day("2026-11-22")));
        assert_eq!(cut(Some(from), Some(to)), Cut { days, rest: Vec::new() });
        assert_eq!(cut(None, None), Cut { days: Some((None, None)), rest: Vec::new() });
    }

    #[test]
    fn a_stretch_without_a_whole_day_is_all_rest() {
        let (from, to) = (at("2026-11-20T06:00:00Z"), at("2026-11-21T06:00:00Z"));
        assert_eq!(cut(Some(from), Some(to)), Cut { days: None, rest: vec![(from, to)] });
    }
}
