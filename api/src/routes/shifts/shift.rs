//! A shift as clients see it.

use chrono::NaiveDate;
use entity::shift_schedule::{Kept, Model};
use poem_openapi::Object;
use uuid::Uuid;

use crate::routes::attendance::time_of_day;

/// How people kept to a shift.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Compliance {
    /// First day that counts.
    date_from: NaiveDate,
    /// Last day that counts.
    date_to: NaiveDate,
    /// How often somebody was expected: came, or was missed.
    expected: i64,
    /// How often in time.
    in_time: i64,
    /// How often late.
    late: i64,
    /// How often not at all.
    missed: i64,
    /// `inTime` of `expected` in percent; null where nobody was expected.
    percent: Option<f64>,
}

impl Compliance {
    fn new(kept: Option<Kept>, (date_from, date_to): (NaiveDate, NaiveDate)) -> Self {
        let (in_time, late, missed) = kept.map_or((0, 0, 0), |kept| (kept.present, kept.late, kept.missed));
        let expected = in_time + late + missed;
        Self { date_from, date_to, expected, in_time, late, missed, percent: percent(in_time, expected) }
    }
}

/// To one decimal place.
#[expect(clippy::cast_precision_loss, reason = "counts of logs are far below 2^52")]
fn percent(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 * 1_000.0 / whole as f64).round() / 10.0)
}

/// When people are expected.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Shift {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// Begin, `HH:MM:SS` of the site.
    start_time: String,
    /// End, `HH:MM:SS` of the site.
    end_time: String,
    /// Whether the end is on the day after.
    crosses_midnight: bool,
    /// Days on which it begins: 1 is Monday, 7 is Sunday.
    days: Vec<i32>,
    /// Where.
    location: Option<String>,
    /// Minutes after the start that are not late yet.
    grace_minutes: i32,
    /// How many people are expected.
    expected_headcount: i32,
    /// For whom; null means for everybody.
    department_id: Option<Uuid>,
    /// Name of that department.
    department: Option<String>,
    /// How it was kept.
    compliance: Compliance,
}

impl Shift {
    /// The shift of `row` and how it was kept in a stretch of days.
    #[must_use]
    pub fn new(
        row: Model,
        department: Option<String>,
        kept: Option<Kept>,
        days: (NaiveDate, NaiveDate),
    ) -> Self {
        Self {
            id: row.id,
            name: row.name,
            crosses_midnight: row.end_time <= row.start_time,
            start_time: time_of_day(row.start_time),
            end_time: time_of_day(row.end_time),
            days: row.days,
            location: row.location,
            grace_minutes: row.grace_minutes,
            expected_headcount: row.expected_headcount,
            department_id: row.department_id,
            department,
            compliance: Compliance::new(kept, days),
        }
    }
}
