//! Times as people write them. chrono reads a 61st second for the sake of leap seconds, which neither PostgreSQL nor the rules of
//! attendance know: a time with one is as malformed as one with a 62nd.

use chrono::{DateTime, NaiveTime, ParseError, Timelike, Utc};

/// In chrono, the nanoseconds of a leap second begin here.
const LEAP: u32 = 1_000_000_000;

/// An RFC 3339 timestamp; `None` where it is none.
#[must_use]
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    without_leap(DateTime::parse_from_rfc3339(text)).map(|at| at.to_utc())
}

/// A time of day, `HH:MM:SS` or `HH:MM`; `None` where it is none.
#[must_use]
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    let read = |form| without_leap(NaiveTime::parse_from_str(text, form));
    ["%H:%M:%S", "%H:%M"].into_iter().find_map(read)
}

fn without_leap<T: Timelike>(read: Result<T, ParseError>) -> Option<T> {
    read.ok().filter(|time| time.nanosecond() < LEAP)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_leap_second_is_no_time() {
        for text in ["2026-12-31T23:59:60Z", "2017-01-01T00:59:60.5+01:00", "2026-12-31T23:59:61Z"] {
            assert_eq!(instant(text), None, "{text}");
        }
        for text in ["06:00:60", "23:59:60", "24:00", "6 o'clock"] {
            assert_eq!(time_of_day(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_read_to_the_second_and_with_any_offset() {
        assert_eq!(
            instant("2026-07-01T12:00:59.25+02:00").unwrap().to_rfc3339(),
            "2026-07-01T10:00:59.250+00:00"
        );
        assert_eq!(time_of_day("06:00:59"), NaiveTime::from_hms_opt(6, 0, 59));
        assert_eq!(time_of_day("06:00"), NaiveTime::from_hms_opt(6, 0, 0));
    }
}
