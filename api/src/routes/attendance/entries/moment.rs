//! Times as people write them into a log: an instant, or a time of day of the site, which the log's day makes an instant.

use attendance::{Plan, day::instant, shift::nearest};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use daybook::Field;
use entity::attendance_log::Model;
use poem_openapi::types::MaybeUndefined;

use crate::clock;

const WRONG: &str = "must be an RFC 3339 timestamp, or a time of day, HH:MM:SS";

/// Either way to write a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Instant(DateTime<Utc>),
    Clock(NaiveTime),
}

fn read(text: &str) -> Result<Moment, &'static str> {
    let text = text.trim();
    let instant = || clock::instant(text).map(Moment::Instant);
    clock::time_of_day(text).map(Moment::Clock).or_else(instant).ok_or(WRONG)
}

/// What becomes of the check-in. A time of day that the log shows already changes nothing: it was read and sent back.
///
/// # Errors
/// What the text must be.
pub fn check_in(
    given: MaybeUndefined<String>,
    row: &Model,
    plan: &Plan,
) -> Result<Field<DateTime<Utc>>, &'static str> {
    entered(given, row.time_in, |clock| of_day(clock, row.date, plan))
}

/// What becomes of the check-out; `came` is the check-in beside it.
///
/// # Errors
/// What the text must be.
pub fn check_out(
    given: MaybeUndefined<String>,
    row: &Model,
    came: Option<DateTime<Utc>>,
    plan: &Plan,
) -> Result<Field<DateTime<Utc>>, &'static str> {
    entered(given, row.time_out, |clock| after(clock, row.date, came, plan))
}

/// What becomes of one end of a log, where the log shows `known` and a time of day means `meant`.
fn entered(
    given: MaybeUndefined<String>,
    known: Option<NaiveTime>,
    meant: impl FnOnce(NaiveTime) -> DateTime<Utc>,
) -> Result<Field<DateTime<Utc>>, &'static str> {
    Ok(match super::fields::field(given, |text| read(&text)) {
        Field::Keep => Field::Keep,
        Field::Clear => Field::Clear,
        Field::Enter(moment) => match moment? {
            Moment::Instant(at) => Field::Enter(at),
            Moment::Clock(clock) if known == Some(clock) => Field::Keep,
            Moment::Clock(clock) => Field::Enter(meant(clock)),
        },
    })
}

/// The time on the log's day; with a night shift that may be the morning after.
fn of_day(clock: NaiveTime, date: NaiveDate, plan: &Plan) -> DateTime<Utc> {
    let on = |date: NaiveDate| instant(date.and_time(clock), plan.zone());
    let mut candidates = [date, date + Days::new(1)].into_iter().map(on);
    candidates.find(|at| plan.day_of(*at, None) == date).unwrap_or_else(|| on(date))
}

/// The first such time from the check-in on, where the person came for a shift across midnight. For everybody else a time before the
/// check-in is a mistake to be told of: read as the next morning, it would be a working day of nearly 24 hours.
fn after(clock: NaiveTime, date: NaiveDate, came: Option<DateTime<Utc>>, plan: &Plan) -> DateTime<Utc> {
    let on = |date: NaiveDate| instant(date.and_time(clock), plan.zone());
    let same_day = on(date);
    let works_overnight = |came| nearest(&plan.on(date), came).is_some_and(|shift| shift.crosses_midnight);
    match came {
        Some(came) if same_day < came && works_overnight(came) => on(date + Days::new(1)),
        Some(_) | None => same_day,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use attendance::shift::{Shift, Weekdays};
    use chrono_tz::Tz;

    use super::*;

    fn time(text: &str) -> NaiveTime {
        NaiveTime::parse_from_str(text, "%H:%M").unwrap()
    }

    fn shift(id: &str, start: &str, end: &str) -> Shift {
        Shift {
            id: id.to_owned(),
            start: time(start),
            end: time(end),
            days: Weekdays::ALL,
            grace_minutes: 15,
            department: None,
        }
    }

    /// When somebody left at `left` on the clock who came at `came` on 19 November, where there is a day and a night shift.
    fn left(came: &str, left: &str) -> String {
        let shifts = [shift("DAY", "09:00", "17:00"), shift("NIGHT", "22:00", "06:00")];
        let plan = Plan::of(None, &shifts, Tz::Europe__Berlin);
        let date: NaiveDate = "2026-11-19".parse().unwrap();
        let came = instant(date.and_time(time(came)), plan.zone());
        after(time(left), date, Some(came), &plan).with_timezone(&plan.zone()).format("%d %H:%M").to_string()
    }

    #[test]
    fn who_came_for_the_night_left_on_the_next_morning() {
        assert_eq!(left("22:05", "06:10"), "20 06:10");
        assert_eq!(left("22:05", "23:30"), "19 23:30");
    }

    #[test]
    fn who_came_for_the_day_did_not_stay_until_the_next_morning_though_others_work_at_night() {
        assert_eq!(left("08:55", "17:05"), "19 17:05");
        assert_eq!(left("08:55", "07:05"), "19 07:05");
    }
}
