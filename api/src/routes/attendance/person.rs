//! `/attendance`, of one person: their own for everybody, others' for who may see attendance.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{attendance_log, user};
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
};

use super::{
    super::{Tag, text},
    log::{AttendanceLog, LogStatus},
};
use crate::{
    auth::{AttendanceRead, Auth, Myself},
    envelope::{Page, Reply},
    error::ApiError,
    extract::{PageNumber, PageSize, Paging},
    state::App,
    timestamp::Timestamp,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// When somebody came last.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct LastMark {
    /// In time or late; null for somebody who never came.
    status: Option<LogStatus>,
    /// When they came.
    timestamp: Option<Timestamp>,
    /// Day of the site that it counts for.
    date: Option<NaiveDate>,
}

impl From<attendance_log::LastMark> for LastMark {
    fn from(mark: attendance_log::LastMark) -> Self {
        let timestamp: Option<DateTime<Utc>> = mark.timestamp;
        Self { status: mark.status.map(Into::into), timestamp: timestamp.map(Timestamp), date: mark.date }
    }
}

#[OpenApi(prefix_path = "/attendance", tag = "Tag::Attendance")]
impl Api {
    /// A person's attendance
    ///
    /// Newest day first. One's own where `employeeId` is absent; another's needs attendance:read. Days are included, and open
    /// where absent.
    #[oai(path = "/user-history", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "one for each query parameter of the contract")]
    async fn user_history(
        &self,
        auth: Auth<Myself>,
        #[oai(name = "startDate")] start: Query<Option<NaiveDate>>,
        #[oai(name = "endDate")] end: Query<Option<NaiveDate>>,
        #[oai(name = "employeeId")] employee_id: Query<Option<String>>,
        page: PageNumber,
        #[oai(name = "pageSize")] size: PageSize,
    ) -> Result<Page<AttendanceLog>, ApiError> {
        text::day_range(("startDate", start.0), ("endDate", end.0))?;
        let person = self.person(&auth, text::filter("employeeId", employee_id.0)?).await?;
        let paging = Paging::new(&page, &size);
        let found = attendance_log::history(&self.0.db, &person, start.0, end.0, paging.into()).await?;
        Ok(Page::new(found, paging))
    }

    /// When a person came last
    ///
    /// Another than oneself needs attendance:read.
    #[oai(path = "/status/:employee_id", method = "get")]
    async fn status(
        &self,
        auth: Auth<Myself>,
        employee_id: Path<String>,
    ) -> Result<Reply<LastMark>, ApiError> {
        let person = self.person(&auth, text::filter("employeeId", Some(employee_id.0))?).await?;
        let mark = attendance_log::last_mark(&self.0.db, &person).await?;
        mark.map(|mark| Reply(mark.into())).ok_or_else(|| ApiError::not_found("person"))
    }
}

impl Api {
    /// Whom a caller asks about, where they may: themselves, or whoever it is where they see attendance.
    async fn person(&self, auth: &Auth<Myself>, asked: Option<String>) -> Result<String, ApiError> {
        match asked {
            Some(person) if auth.may::<AttendanceRead>() => Ok(person),
            Some(person) if self.own_id(auth).await?.as_ref() == Some(&person) => Ok(person),
            Some(_) => auth.require::<AttendanceRead>().map(|()| String::new()),
            None => self.own_id(auth).await?.ok_or_else(|| {
                ApiError::InvalidState("the account belongs to no employee: give an employeeId".into())
            }),
        }
    }

    async fn own_id(&self, auth: &Auth<Myself>) -> Result<Option<String>, ApiError> {
        let account = user::find_living(&self.0.db, auth.user_id()).await?;
        Ok(account.and_then(|account| account.employee_id))
    }
}
