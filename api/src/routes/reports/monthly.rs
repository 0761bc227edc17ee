//! `/reports/monthly`: everybody's days of a month.

use std::sync::Arc;

use chrono::Datelike as _;
use entity::attendance_report::{Report, monthly};
use poem_openapi::{Object, OpenApi, param::Query};

use super::{
    super::{Tag, attendance::time_of_day, site::Calendar, text},
    sums::ReportSummary,
};
use crate::{
    auth::{Auth, ReportsRead},
    envelope::Reply,
    error::ApiError,
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// One person's month.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct MonthlyRecord {
    /// Person.
    employee_id: String,
    /// Name as enrolled, or else at the last log.
    name: String,
    /// Department as enrolled, or else at the last log.
    department: Option<String>,
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

impl From<monthly::Record> for MonthlyRecord {
    fn from(monthly::Record { employee_id, name, department, sums }: monthly::Record) -> Self {
        Self {
            employee_id,
            name,
            department,
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

/// The report on one month.
#[derive(Debug, Object)]
struct MonthlyReport {
    /// The year.
    year: i32,
    /// The month, 1 to 12.
    month: u32,
    /// Everybody who has a log in it or is enrolled now, by department and name.
    records: Vec<MonthlyRecord>,
    /// All of them together.
    summary: ReportSummary,
}

#[OpenApi(prefix_path = "/reports", tag = "Tag::Reports")]
impl Api {
    /// The report on one month
    ///
    /// The site's present year and month where absent.
    #[oai(path = "/monthly", method = "get")]
    async fn monthly(
        &self,
        _auth: Auth<ReportsRead>,
        #[oai(validator(minimum(value = "1"), maximum(value = "9999")))] year: Query<Option<i32>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "12")))] month: Query<Option<u32>>,
        department: Query<Option<String>>,
    ) -> Result<Reply<MonthlyReport>, ApiError> {
        let calendar = Calendar::now(&self.0).await?;
        let (year, month) =
            (year.0.unwrap_or(calendar.today.year()), month.0.unwrap_or(calendar.today.month()));
        let query = monthly::Query::of(year, month, text::filter("department", department.0)?)
            .ok_or_else(|| ApiError::field("month", "must be a month of the calendar"))?;
        let found = Report::read(&self.0.db, monthly::lines(&query, calendar.zone.name())).await?;
        let records = found.records.into_iter().map(Into::into).collect();
        Ok(Reply(MonthlyReport { year, month, records, summary: found.summary.into() }))
    }
}
