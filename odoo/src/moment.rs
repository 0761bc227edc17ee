//! Points in time as Odoo writes them: naive UTC in whole seconds. With a `T`, a `Z`, an offset or a fraction it refuses them.

use chrono::{DateTime, NaiveDateTime, SubsecRound as _, Utc};

const FORM: &str = "%Y-%m-%d %H:%M:%S";

/// `at` for Odoo; what is finer than a second is cut off.
pub(crate) fn written(at: DateTime<Utc>) -> String {
    at.format(FORM).to_string()
}

/// A point in time that Odoo wrote.
pub(crate) fn read(text: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(text, FORM).ok().map(|naive| naive.and_utc())
}

/// `at` as it comes back from Odoo.
pub(crate) fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_any_zone_is_written_as_naive_utc_seconds() -> Result<(), chrono::ParseError> {
        // Both sides of the night in which Berlin leaves daylight saving, and a zone of 45 minutes.
        for (given, expected) in [
            ("2026-10-25T02:30:00.987654+02:00", "2026-10-25 00:30:00"),
            ("2026-10-25T02:30:00+01:00", "2026-10-25 01:30:00"),
            ("2026-07-01T09:15:30+05:45", "2026-07-01 03:30:30"),
        ] {
            let at = DateTime::parse_from_rfc3339(given)?.to_utc();
            assert_eq!(written(at), expected);
            assert_eq!(read(expected), Some(whole_second(at)));
        }
        Ok(())
    }

    #[test]
    fn another_form_is_no_time() {
        for text in ["", "2026-10-25T02:30:00", "2026-10-25 02:30:00Z", "2026-10-25", "false"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
