//! `/reports/department`: departments over some days.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::attendance_report::{Report, department};
use poem_openapi::{Object, OpenApi, param::Query};

use super::{
    super::{
        Tag,
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
    /// Its people.
    #[oai(flatten)]
    sums: ReportSummary,
}

impl From<department::Record> for DepartmentRecord {
    fn from(department::Record { department, sums }: department::Record) -> Self {
        Self { department, sums: sums.into() }
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
