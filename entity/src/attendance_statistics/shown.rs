//! Which buckets are shown though nothing is in them, and what they are called.

use std::collections::HashMap;

use sea_orm::entity::prelude::Date;

use super::{Bucket, Counts, Grouping};
use crate::attendance_log::Filter;

/// Longest stretch of days that is shown whole; of a longer one, only the days that have a log.
const MAX_DAYS: i64 = 3_660;

/// What people call the bucket `key`; `known` is what the database calls it.
pub(super) fn label(grouping: Grouping, key: &str, known: Option<String>) -> String {
    match (grouping, key) {
        (Grouping::Hour, hour) => format!("{hour}:00"),
        (Grouping::Camera, "") => "No camera".to_owned(),
        (Grouping::Department, "") => "No department".to_owned(),
        (Grouping::Day | Grouping::Camera | Grouping::Department, key) => {
            known.unwrap_or_else(|| key.to_owned())
        }
    }
}

/// The buckets that were found, in order, and the empty ones among them that a chart shows.
pub(super) fn with_empty(grouping: Grouping, filter: &Filter, found: Vec<Bucket>) -> Vec<Bucket> {
    match grouping {
        Grouping::Hour => filled(grouping, (0..24).map(|hour| format!("{hour:02}")), found),
        Grouping::Day => match stretch(filter, &found) {
            Some((first, last)) => {
                let days = first.iter_days().take_while(|day| *day <= last);
                filled(grouping, days.map(|day| day.to_string()), found)
            }
            None => found,
        },
        Grouping::Camera | Grouping::Department => found,
    }
}

fn filled(grouping: Grouping, keys: impl Iterator<Item = String>, found: Vec<Bucket>) -> Vec<Bucket> {
    let mut found: HashMap<String, Counts> =
        found.into_iter().map(|bucket| (bucket.key, bucket.counts)).collect();
    keys.map(|key| Bucket {
        label: label(grouping, &key, None),
        counts: found.remove(&key).unwrap_or_default(),
        key,
    })
    .collect()
}

/// The days from the filter's first to its last, open ends ending at a log; nothing where there are none, or too many.
fn stretch(filter: &Filter, found: &[Bucket]) -> Option<(Date, Date)> {
    let day = |bucket: Option<&Bucket>| bucket.and_then(|bucket| bucket.key.parse().ok());
    let first: Date = filter.date_from.or_else(|| day(found.first()))?;
    let last = filter.date_to.or_else(|| day(found.last()))?;
    ((0..MAX_DAYS).contains(&(last - first).num_days())).then_some((first, last))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn bucket(key: &str) -> Bucket {
        let counts = Counts { total: 3, ..Counts::default() };
        Bucket { key: key.to_owned(), label: key.to_owned(), counts }
    }

    fn shown(grouping: Grouping, from: Option<&str>, to: Option<&str>, found: &[&str]) -> Vec<(String, i64)> {
        let day = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let filter = Filter { date_from: day(from), date_to: day(to), ..Filter::default() };
        let buckets = with_empty(grouping, &filter, found.iter().map(|key| bucket(key)).collect());
        buckets.into_iter().map(|bucket| (bucket.label, bucket.counts.total)).collect()
    }

    fn pairs<const N: usize>(expected: [(&str, i64); N]) -> Vec<(String, i64)> {
        expected.map(|(label, total)| (label.to_owned(), total)).to_vec()
    }

    #[test]
    fn every_day_of_the_filter_has_a_bucket() {
        let days = shown(Grouping::Day, Some("2026-02-27"), Some("2026-03-01"), &["2026-02-28"]);
        assert_eq!(days, pairs([("2026-02-27", 0), ("2026-02-28", 3), ("2026-03-01", 0)]));
    }

    #[test]
    fn days_of_an_open_filter_end_where_logs_end() {
        let days = shown(Grouping::Day, None, None, &["2026-02-27", "2026-03-01"]);
        assert_eq!(days, pairs([("2026-02-27", 3), ("2026-02-28", 0), ("2026-03-01", 3)]));
        assert_eq!(shown(Grouping::Day, Some("2026-02-27"), None, &[]), []);
    }

    #[test]
    fn of_thousands_of_years_only_the_days_with_a_log_are_shown() {
        let days = shown(Grouping::Day, Some("0001-01-01"), Some("9999-12-31"), &["2026-02-28"]);
        assert_eq!(days, pairs([("2026-02-28", 3)]));
    }

    #[test]
    fn a_day_has_24_hours() {
        let hours = shown(Grouping::Hour, None, None, &["08"]);
        assert_eq!(hours.len(), 24);
        assert_eq!(hours[7..9], pairs([("07:00", 0), ("08:00", 3)]));
    }

    #[test]
    fn what_has_no_name_is_told_so() {
        assert_eq!(label(Grouping::Camera, "", None), "No camera");
        assert_eq!(label(Grouping::Department, "", None), "No department");
        assert_eq!(label(Grouping::Camera, "CAM-01", Some("Gate".to_owned())), "Gate");
        assert_eq!(label(Grouping::Camera, "CAM-01", None), "CAM-01");
    }
}
