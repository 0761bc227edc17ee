//! The one form in which a point in time leaves the system, over HTTP and WebSocket alike: RFC 3339, UTC with `Z`, three
//! digits of a second. Clients compare such texts and read them back, so there is no second form.

use chrono::{DateTime, SecondsFormat, Utc};

/// `at` as clients get it; what is finer than a millisecond is cut off.
#[must_use]
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_has_milliseconds_and_ends_in_z() {
        for (nanoseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_500_000_000, "1970-01-01T00:00:01.500Z"),
            (1_999_999_999, "1970-01-01T00:00:01.999Z"),
        ] {
            assert_eq!(rfc3339(DateTime::from_timestamp_nanos(nanoseconds)), text);
        }
    }
}
