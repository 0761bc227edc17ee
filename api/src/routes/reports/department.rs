//! `/reports/department`: departments over some days.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::attendance_report::{Report, department};
use poem_openapi::{Object, OpenApi, param::Query};

use super::{
    super::{
        Tag,
        attendance::time_of_day,
        site::{Calendar, Given},
        text,
    },
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

/// One department.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct DepartmentRecord {
    /// Name; null for people without a department.
    department: Option<String>,
    /// Different people.
    people: i64,
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

impl From<department::Record> for DepartmentRecord {
    fn from(department::Record { department, sums }: department::Record) -> Self {
        Self {
            department,
            people: sums.people,
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

/// The report by department.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct DepartmentReport {
    /// First day.
    date_from: NaiveDate,
    /// Last day.
    date_to: NaiveDate,
    /// Every department that has a log, by name. A day counts where the person was then.
    records: Vec<DepartmentRecord>,
    /// All of them together; people of several departments count once.
    summary: ReportSummary,
}

#[OpenApi(prefix_path = "/reports", tag = "Tag::Reports")]
impl Api {
    /// The report by department
    ///
    /// The days from `dateFrom` to `dateTo`, both included and at most 366; the 30 days up to today where absent.
    #[oai(path = "/department", method = "get")]
    async fn department(
        &self,
        _auth: Auth<ReportsRead>,
        #[oai(name = "dateFrom")] from: Query<Option<NaiveDate>>,
        #[oai(name = "dateTo")] to: Query<Option<NaiveDate>>,
        department: Query<Option<String>>,
    ) -> Result<Reply<DepartmentReport>, ApiError> {
        let calendar = Calendar::now(&self.0).await?;
        let (from, to) = (Given { name: "dateFrom", day: from.0 }, Given { name: "dateTo", day: to.0 });
        let (first, last) = calendar.days(from, to)?;
        let query = department::Query { first, last, department: text::filter("department", department.0)? };
        let found = Report::read(&self.0.db, department::lines(&query, calendar.zone.name())).await?;
        let records = found.records.into_iter().map(Into::into).collect();
        Ok(Reply(DepartmentReport {
            date_from: first,
            date_to: last,
            records,
            summary: found.summary.into(),
        }))
    }
}
