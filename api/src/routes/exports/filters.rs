//! The filters of files: which of them belong to which kind, `jobs` knows; here they are read, and what is wrong is told by
//! the name that the client used.

use chrono::NaiveDate;
use entity::{Level, export_job};
use jobs::{Asker, Content, Wanted};
use poem_openapi::{Enum, Object};

use super::super::attendance::{LogStatus, OdooStatus};
use crate::{
    error::{ApiError, FieldIssue},
    extract::OneLine,
};

/// How much an audit entry matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "Level", rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth looking into.
    Warning,
    /// Needs somebody now.
    Critical,
}

/// The whole day, week or month before the one in which a schedule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "jobs::Period", rename_all = "lowercase")]
pub enum Period {
    /// Yesterday.
    Day,
    /// Monday to Sunday.
    Week,
    /// The first to the last.
    Month,
}

/// By what rows are chosen. Which of them apply depends on the type: `attendance` takes those of `GET /attendance/logs`;
/// `daily` date and department; `monthly` year, month and department; `department` dateFrom, dateTo and department; `audit`
/// dateFrom, dateTo, actor, action and severity; `history` employeeId, dateFrom, dateTo and cameraId.
#[derive(Debug, Default, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filters {
    /// The day; today where absent.
    date: Option<NaiveDate>,
    /// The year; this one where absent.
    year: Option<i32>,
    /// 1 to 12; this month where absent.
    month: Option<u32>,
    /// First day. Reports begin with the month where it is absent.
    date_from: Option<NaiveDate>,
    /// Last day; today where absent.
    date_to: Option<NaiveDate>,
    /// For schedules, in place of dates; `daily` and `monthly` take no other than their own, the others `month` where it is absent.
    period: Option<Period>,
    /// A part of name, employee id or log id.
    #[oai(validator(max_length = 200))]
    search: Option<OneLine>,
    /// Camera.
    #[oai(validator(max_length = 200))]
    camera_id: Option<OneLine>,
    /// Where logs stand with Odoo.
    odoo_status: Option<OdooStatus>,
    /// Whether people came, and in time.
    status: Option<LogStatus>,
    /// Department, by its name, whatever the case.
    #[oai(validator(max_length = 200))]
    department: Option<OneLine>,
    /// Person.
    #[oai(validator(max_length = 200))]
    employee_id: Option<OneLine>,
    /// Who acted.
    #[oai(validator(max_length = 200))]
    actor: Option<OneLine>,
    /// What was done, such as `camera.update`.
    #[oai(validator(max_length = 200))]
    action: Option<OneLine>,
    /// How much it matters.
    severity: Option<Severity>,
}

impl From<Filters> for Wanted {
    fn from(filters: Filters) -> Self {
        // A blank text means none, as in the query of a list.
        let text = |given: Option<OneLine>| {
            given.map(|text| text.0.trim().to_owned()).filter(|text| !text.is_empty())
        };
        Self {
            date: filters.date,
            year: filters.year,
            month: filters.month,
            date_from: filters.date_from,
            date_to: filters.date_to,
            period: filters.period.map(Into::into),
            search: text(filters.search),
            camera_id: text(filters.camera_id),
            odoo_status: filters.odoo_status.map(Into::into),
            status: filters.status.map(Into::into),
            department: text(filters.department),
            employee_id: text(filters.employee_id),
            actor: text(filters.actor),
            action: text(filters.action),
            severity: filters.severity.map(Into::into),
        }
    }
}

/// What is meant by `wanted` on the day `today` of the site.
///
/// # Errors
/// Every filter that is wrong, as `filters.<name>`.
pub fn content(
    wanted: &Wanted,
    kind: export_job::ExportKind,
    asker: Asker,
    today: NaiveDate,
) -> Result<Content, ApiError> {
    wanted.content(kind, asker, today).map_err(|wrong| {
        let named =
            |wrong: jobs::WrongFilter| FieldIssue::new(format!("filters.{}", wrong.field), wrong.issue);
        ApiError::Validation(wrong.into_iter().map(named).collect())
    })
}
