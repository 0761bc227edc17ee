//! `/reports/monthly`: everybody's days of a month.

use std::sync::Arc;

use chrono::Datelike as _;
use entity::attendance_report::{Report, monthly};
use poem_openapi::{Object, OpenApi, param::Query};

use super::{
    super::{Tag, site::Calendar, text},
    sums::{ReportFigures, ReportSummary},
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
    /// Their days.
    #[oai(flatten)]
    figures: ReportFigures,
}

impl From<monthly::Record> for MonthlyRecord {
    fn from(monthly::Record { employee_id, name, department, sums }: monthly::Record) -> Self {
        Self { employee_id, name, department, figures: sums.into() }
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
