//! The figures of reports: of a person, of a department, and of all records together.

use entity::attendance_report::Sums;
use poem_openapi::Object;

use super::super::attendance::time_of_day;

/// What the days of somebody, or of many, come to.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ReportFigures {
    /// Days on which they came in time.
    present: i64,
    /// Days on which they came late.
    late: i64,
    /// Days on which they did not come.
    missed: i64,
    /// All days with a log.
    total: i64,
    /// Percent of the days on which they came; null where there is no day.
    attendance_rate: Option<f64>,
    /// Worked time in whole minutes; days without a time out add none.
    worked_minutes: i64,
    /// Mean time of arrival, `HH:MM:SS` of the site.
    average_time_in: Option<String>,
    /// Mean time of leaving, `HH:MM:SS` of the site.
    average_time_out: Option<String>,
}

impl From<Sums> for ReportFigures {
    fn from(sums: Sums) -> Self {
        Self {
            present: sums.present,
            late: sums.late,
            missed: sums.missed,
            total: sums.total,
            attendance_rate: sums.rate,
            worked_minutes: sums.worked_minutes,
            average_time_in: sums.average_time_in.map(time_of_day),
            average_time_out: sums.average_time_out.map(time_of_day),
        }
    }
}

/// The figures of many people together.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ReportSummary {
    /// Different people.
    people: i64,
    /// Their days.
    #[oai(flatten)]
    figures: ReportFigures,
}

impl From<Sums> for ReportSummary {
    fn from(sums: Sums) -> Self {
        Self { people: sums.people, figures: sums.into() }
    }
}
