//! `/reports/daily`: everybody who has a log of a day.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::attendance_report::{Report, daily};
use poem_openapi::{Object, OpenApi, param::Query};

use super::{
    super::{
        Tag,
        attendance::{LogStatus, time_of_day},
        site::Calendar,
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

/// One person's day.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct DailyRecord {
    /// Id of the log.
    id: String,
    /// Person.
    employee_id: String,
    /// Name at that time.
    name: String,
    /// Department at that time.
    department: Option<String>,
    /// Whether they came, and in time.
    status: LogStatus,
    /// First sighting, `HH:MM:SS` of the site.
    time_in: Option<String>,
    /// Last sighting that counts, `HH:MM:SS` of the site.
    time_out: Option<String>,
    /// Whole minutes from the first to the last; 0 while one is missing.
    worked_minutes: i64,
    /// Name of the camera of the first sighting.
    camera_name: Option<String>,
    /// Name of the shift it was judged by.
    shift: Option<String>,
    /// Free text.
    note: Option<String>,
}

impl From<daily::Record> for DailyRecord {
    fn from(record: daily::Record) -> Self {
        Self {
            id: record.id,
            employee_id: record.employee_id,
            name: record.name,
            department: record.department,
            status: record.status.into(),
            time_in: record.time_in.map(time_of_day),
            time_out: record.time_out.map(time_of_day),
            worked_minutes: record.worked_minutes,
            camera_name: record.camera_name,
            shift: record.shift,
            note: record.note,
        }
    }
}

/// The report on one day.
#[derive(Debug, Object)]
struct DailyReport {
    /// The day.
    date: NaiveDate,
    /// Every log of it, by department and name.
    records: Vec<DailyRecord>,
    /// All of them together.
    summary: ReportSummary,
}

#[OpenApi(prefix_path = "/reports", tag = "Tag::Reports")]
impl Api {
    /// The report on one day
    ///
    /// `date` is today where absent; a night shift belongs to the day on which it begins.
    #[oai(path = "/daily", method = "get")]
    async fn daily(
        &self,
        _auth: Auth<ReportsRead>,
        date: Query<Option<NaiveDate>>,
        department: Query<Option<String>>,
    ) -> Result<Reply<DailyReport>, ApiError> {
        let calendar = Calendar::now(&self.0).await?;
        let date = calendar.day("date", date.0)?;
        let query = daily::Query { date, department: text::filter("department", department.0)? };
        let found = Report::read(&self.0.db, daily::lines(&query, calendar.zone.name())).await?;
        let records = found.records.into_iter().map(Into::into).collect();
        Ok(Reply(DailyReport { date, records, summary: found.summary.into() }))
    }
}
