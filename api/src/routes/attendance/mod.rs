//! `/attendance`: who is here, and who came when.

pub mod entries;
pub mod figures;
mod log;
mod overview;
pub mod person;
mod presence;
mod statistics;
mod today;

use std::sync::Arc;

use chrono::NaiveDate;
use entity::{attendance_log, attendance_record};
use poem_openapi::{OpenApi, param::Query};

pub use self::log::{LogStatus, OdooStatus, time_of_day};
use self::{
    log::AttendanceLog,
    presence::{AttendanceRecord, PresenceStatus},
};
use super::{Tag, text};
use crate::{
    auth::{AttendanceRead, Auth},
    envelope::{Page, Reply},
    error::ApiError,
    extract::{PageNumber, PageSize, Paging},
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

const DEFAULT_LIMIT: u16 = 50;

#[OpenApi(prefix_path = "/attendance", tag = "Tag::Attendance")]
impl Api {
    /// Where people are now
    ///
    /// One record a person, newest sighting first. `limit` is 1 to 200, 50 where absent.
    #[oai(path = "/records", method = "get")]
    async fn records(
        &self,
        _auth: Auth<AttendanceRead>,
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))] limit: Query<Option<u16>>,
        status: Query<Option<PresenceStatus>>,
        department: Query<Option<String>>,
    ) -> Result<Reply<Vec<AttendanceRecord>>, ApiError> {
        let department = text::filter("department", department.0)?;
        let filter = attendance_record::Filter { status: status.0.map(Into::into), department };
        let rows =
            attendance_record::list(&self.0.db, &filter, limit.0.unwrap_or(DEFAULT_LIMIT).into()).await?;
        rows.into_iter()
            .map(|row| AttendanceRecord::new(&self.0, row))
            .collect::<Result<Vec<_>, _>>()
            .map(Reply)
    }

    /// Attendance logs
    ///
    /// Newest day first. `search` looks for a part of name, employee id or log id, whatever its case; so is `department` told by its
    /// name. `dateFrom` and `dateTo` are included.
    #[oai(path = "/logs", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "one for each query parameter of the contract")]
    async fn logs(
        &self,
        _auth: Auth<AttendanceRead>,
        search: Query<Option<String>>,
        #[oai(name = "cameraId")] camera_id: Query<Option<String>>,
        #[oai(name = "dateFrom")] date_from: Query<Option<NaiveDate>>,
        #[oai(name = "dateTo")] date_to: Query<Option<NaiveDate>>,
        #[oai(name = "odooStatus")] odoo_status: Query<Option<OdooStatus>>,
        status: Query<Option<LogStatus>>,
        department: Query<Option<String>>,
        page: PageNumber,
        #[oai(name = "pageSize")] size: PageSize,
    ) -> Result<Page<AttendanceLog>, ApiError> {
        text::days(date_from.0, date_to.0)?;
        let filter = attendance_log::Filter {
            search: text::filter("search", search.0)?,
            camera_id: text::filter("cameraId", camera_id.0)?,
            date_from: date_from.0,
            date_to: date_to.0,
            odoo_status: odoo_status.0.map(Into::into),
            unsent: false,
            status: status.0.map(Into::into),
            department: text::filter("department", department.0)?,
        };
        let paging = Paging::new(&page, &size);
        let found = self.0.machinery.log_lists.page(&self.0.db, &filter, paging.into()).await?;
        Ok(Page::new(found, paging))
    }
}
