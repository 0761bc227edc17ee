//! What is accepted as an expression, and what is said about the rest.

use timetable::{Timetable, TimetableError};

fn error(cron: &str) -> TimetableError {
    Timetable::parse(cron, "UTC").unwrap_err()
}

#[test]
fn an_error_names_the_field_and_what_may_stand_there() {
    for (cron, field) in [
        ("60 * * * *", "minute"),
        ("x * * * * *", "second"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day of month"),
        ("* * * 13 *", "month"),
        ("* * * * 8", "day of week"),
        ("* * * * MON,", "day of week"),
        ("* * * * 5-1", "day of week"),
        ("* * * * +1", "day of week"),
        ("*/0 * * * *", "minute"),
        (",1 * * * *", "minute"),
        ("* 1- * * *", "hour"),
        ("* * 99999999999999999999 * *", "day of month"),
    ] {
        let TimetableError::Field { field: named, .. } = error(cron) else {
            panic!("{cron}: {:?}", error(cron))
        };
        assert_eq!(named, field, "{cron}");
    }
    let text = error("* 24 * * *").to_string();
    assert_eq!(text, "the hour field cannot be read: \"24\" (allowed: 0-23)");
}

#[test]
fn a_wrong_number_of_fields_is_told() {
    assert_eq!(error(""), TimetableError::FieldCount(0));
    assert_eq!(error("@daily"), TimetableError::FieldCount(1));
    assert_eq!(error("0 0 0 1 1 * 2030"), TimetableError::FieldCount(7));
    assert_eq!(error("0 0 0 1 , 2 * *"), TimetableError::FieldCount(8));
}

#[test]
fn a_date_that_never_comes_is_refused() {
    assert_eq!(error("0 0 30 2 *"), TimetableError::Never);
    assert!(Timetable::parse("0 0 29 2 *", "UTC").is_ok());
}

#[test]
fn a_zone_that_iana_does_not_know_is_refused() {
    let error = Timetable::parse("* * * * *", "Mars/Olympus").unwrap_err();
    assert_eq!(error.to_string(), "\"Mars/Olympus\" is no time zone of the IANA database");
}

#[test]
fn every_expression_of_the_catalogue_is_read() {
    for cron in ["* * * * * *", "*/5 * * * *", "*/30 * * * *", "*/2 * * * *", "0 2 * * *", "*/15 * * * *"] {
        assert!(Timetable::parse(cron, "UTC").is_ok(), "{cron}");
    }
}
