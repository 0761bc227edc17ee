//! Text out of query parameters, bounded, and free of what PostgreSQL cannot store.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::{
    clock,
    error::{ApiError, FieldIssue},
};

/// Longest filter in characters; longer than any name or id.
const MAX_LENGTH: usize = 200;

/// A filter as it may reach the database; a blank one means none.
///
/// # Errors
/// Too long, or with a NUL character; names `parameter`.
pub fn filter(parameter: &str, given: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(text) = given.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.contains('\0') {
        return Err(ApiError::field(parameter, "must not contain NUL characters"));
    }
    if text.chars().count() > MAX_LENGTH {
        return Err(ApiError::field(parameter, format!("must have at most {MAX_LENGTH} characters")));
    }
    Ok(Some(text))
}

/// Where a stretch of time begins and ends; open where absent.
pub type Period = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// A stretch of time, both ends included: RFC 3339 timestamps, or days of the site, whole ones.
///
/// # Errors
/// What cannot be read, or begins after its end; names the parameter.
pub fn period(from: Option<&str>, to: Option<&str>, zone: Tz) -> Result<Period, ApiError> {
    let from = from.map(|text| moment(text, NaiveTime::MIN, zone)).transpose();
    let last = NaiveTime::MIN - TimeDelta::microseconds(1);
    let to = to.map(|text| moment(text, last, zone).map(whole_millisecond)).transpose();
    match (from, to) {
        (Ok(from), Ok(to)) if from.zip(to).is_some_and(|(from, to)| from > to) => {
            Err(ApiError::field("from", "must not be after to"))
        }
        (Ok(from), Ok(to)) => Ok((from, to)),
        (from, to) => {
            let wrong = [("from", from.err()), ("to", to.err())].into_iter();
            let issues = wrong.filter_map(|(name, issue)| Some(FieldIssue::new(name, issue?)));
            Err(ApiError::Validation(issues.collect()))
        }
    }
}

/// Answers cut times to milliseconds, so an end that came out of one must include its whole millisecond.
fn whole_millisecond(end: DateTime<Utc>) -> DateTime<Utc> {
    if end.timestamp_subsec_micros().is_multiple_of(1_000) { end + TimeDelta::microseconds(999) } else { end }
}

fn moment(text: &str, of_day: NaiveTime, zone: Tz) -> Result<DateTime<Utc>, &'static str> {
    const WRONG: &str = "must be an RFC 3339 timestamp, or a date, YYYY-MM-DD";
    // A plus sign that nobody escaped arrives as a space.
    let text = text.trim().replace(' ', "+");
    if let Some(time) = clock::instant(&text) {
        return Ok(time);
    }
    let day = text.parse().ok().filter(|day: &NaiveDate| YEARS.contains(&day.year())).ok_or(WRONG)?;
    let local = day.and_time(of_day);
    // An hour that daylight saving skips is read as if it had not yet begun.
    let found = zone.from_local_datetime(&local).earliest();
    Ok(found.unwrap_or_else(|| zone.from_utc_datetime(&local)).to_utc())
}

/// Years that PostgreSQL and people write in the same way.
const YEARS: RangeInclusive<i32> = 1..=9_999;

/// Days in order.
///
/// # Errors
/// The first is after the last; names `dateFrom`.
pub fn days(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<(), ApiError> {
    day_range(("dateFrom", from), ("dateTo", to))
}

/// The same under other names; `first` and `last` are a parameter's name and what it said.
///
/// # Errors
/// As for [`days`]; names every wrong parameter.
pub fn day_range(
    first: (&'static str, Option<NaiveDate>),
    last: (&'static str, Option<NaiveDate>),
) -> Result<(), ApiError> {
    let issues: Vec<_> = [first, last].into_iter().filter_map(|(name, day)| wrong_year(name, day)).collect();
    match first.1.zip(last.1) {
        _ if !issues.is_empty() => Err(ApiError::Validation(issues)),
        Some((from, to)) if from > to => {
            Err(ApiError::field(first.0, format!("must not be after {}", last.0)))
        }
        Some(_) | None => Ok(()),
    }
}

/// What is wrong with the year of a day.
pub fn wrong_year(name: &str, day: Option<NaiveDate>) -> Option<FieldIssue> {
    let wrong = day.is_some_and(|day| !YEARS.contains(&day.year()));
    wrong.then(|| FieldIssue::new(name, "must have a year from 1 to 9999"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const BERLIN: Tz = Tz::Europe__Berlin;

    #[test]
    fn days_are_whole_days_of_the_site() {
        let (from, to) = period(Some("2026-07-01"), Some("2026-07-01"), BERLIN).unwrap();
        assert_eq!(from.unwrap().to_rfc3339(), "2026-06-30T22:00:00+00:00");
        assert_eq!(to.unwrap().to_rfc3339(), "2026-07-01T21:59:59.999999+00:00");
    }

    #[test]
    fn timestamps_are_taken_with_any_offset() {
        for text in ["2026-07-01T10:00:00Z", "2026-07-01T12:00:00+02:00", "2026-07-01T12:00:00 02:00"] {
            let (from, _) = period(Some(text), None, BERLIN).unwrap();
            assert_eq!(from.unwrap().to_rfc3339(), "2026-07-01T10:00:00+00:00", "{text}");
        }
    }

    #[test]
    fn an_end_out_of_an_answer_includes_what_it_was_cut_from() {
        let end = |text| period(None, Some(text), BERLIN).unwrap().1.unwrap().timestamp_subsec_micros();
        assert_eq!(end("2026-07-01T10:00:00.123Z"), 123_999);
        assert_eq!(end("2026-07-01T10:00:00.123456Z"), 123_456);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let named = |from, to| match period(from, to, BERLIN) {
            Err(ApiError::Validation(issues)) => {
                issues.into_iter().map(|issue| issue.field).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(named(Some("yesterday"), Some("2026-02-30")), ["from", "to"]);
        assert_eq!(named(Some("2026-07-02"), Some("2026-07-01")), ["from"]);
    }

    #[test]
    fn a_filter_is_bounded_and_has_no_nul() {
        assert_eq!(filter("search", Some(" anna ".into())).unwrap().unwrap(), "anna");
        assert_eq!(filter("search", Some("  ".into())).unwrap(), None);
        assert!(filter("search", Some("a\0b".into())).is_err());
        assert!(filter("search", Some("x".repeat(201))).is_err());
    }
}
