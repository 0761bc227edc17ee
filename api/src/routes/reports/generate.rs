//! `/reports/generate`: a report as a file.

use std::sync::Arc;

use daybook::Person;
use entity::{attendance_log, export_job};
use jobs::{Asker, Content, GenerateReport, Wanted, Work};
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use super::super::{
    Tag,
    exports::{
        ExportFormat,
        ask::{Wish, accept},
        filters::{Filters, content},
    },
    site::Calendar,
};
use crate::{
    auth::{AttendanceRead, AuditRead, Auth, Permission, ReportsWrite},
    envelope::Accepted,
    error::ApiError,
    extract::{Body, IdempotencyKey, OneLine},
    machinery::Asked,
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// What a report tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum ReportType {
    /// One day.
    Daily,
    /// One month.
    Monthly,
    /// Departments.
    Department,
    /// The audit trail; takes audit:read.
    Audit,
    /// One person's history.
    History,
}

impl From<ReportType> for export_job::ExportKind {
    fn from(kind: ReportType) -> Self {
        match kind {
            ReportType::Daily => Self::Daily,
            ReportType::Monthly => Self::Monthly,
            ReportType::Department => Self::Department,
            ReportType::Audit => Self::Audit,
            ReportType::History => Self::History,
        }
    }
}

/// Which report, and as what.
#[derive(Debug, Object)]
struct ReportRequest {
    /// What it tells of.
    #[oai(rename = "type")]
    kind: ReportType,
    /// Format of the file.
    format: ExportFormat,
    /// Which rows.
    #[oai(default)]
    filters: Filters,
    /// Heading, where it shall not be the usual one.
    #[oai(validator(min_length = 1, max_length = 200))]
    title: Option<OneLine>,
    /// Whether a CSV begins with a byte order mark, by which Excel knows UTF-8.
    #[oai(default)]
    bom: bool,
}

/// A report that a job makes.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct ReportQueued {
    /// The report, to be read under `/exports/{id}`.
    report_id: Uuid,
    /// The job, to be read under `/jobs/{id}`.
    job_id: Uuid,
    /// Always `queued`.
    status: String,
}

#[OpenApi(prefix_path = "/reports", tag = "Tag::Reports")]
impl Api {
    /// Make a report
    ///
    /// Takes audit:read for `audit`, and attendance:read for the others.
    #[oai(path = "/generate", method = "post")]
    async fn generate(
        &self,
        auth: Auth<ReportsWrite>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReportRequest>,
    ) -> Result<Accepted<ReportQueued>, ApiError> {
        let ReportRequest { kind, format, filters, title, bom } = body.0;
        let (kind, format) = (export_job::ExportKind::from(kind), export_job::ExportFormat::from(format));
        may_read(&auth, kind)?;
        let (wanted, title) = (Wanted::from(filters), heading(title));
        let today = Calendar::now(&self.0).await?.today;
        let content = content(&wanted, kind, Asker::Person, today)?;
        must_be_known(&self.0, &content).await?;
        let work = Work::of(&GenerateReport {
            content: content.clone(),
            format,
            title: title.clone(),
            bom,
            recipients: Vec::new(),
        })?;
        let asked =
            Asked { call: &auth.call, user: auth.user_id(), key: &key, operation: "reports/generate" };
        let id =
            accept(&self.0, &asked, Wish { content: &content, format, title, wanted: &wanted, work }).await?;
        Ok(Accepted(ReportQueued { report_id: id, job_id: id, status: "queued".to_owned() }))
    }
}

/// The heading that was asked for; a blank one means the usual.
pub(super) fn heading(title: Option<OneLine>) -> Option<String> {
    title.map(|title| title.0.trim().to_owned()).filter(|title| !title.is_empty())
}

/// Whether there is, or was, the person that a report tells of.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn must_be_known(app: &App, content: &Content) -> Result<(), ApiError> {
    let Content::History { employee_id, .. } = content else { return Ok(()) };
    let is_known = Person::find(&app.db, employee_id).await?.is_some()
        || attendance_log::last_mark(&app.db, employee_id).await?.is_some();
    if is_known { Ok(()) } else { Err(ApiError::not_found("employee")) }
}

/// Whether the caller may see what such a report tells.
///
/// # Errors
/// `FORBIDDEN` naming the permission.
pub(super) fn may_read<P: Permission>(auth: &Auth<P>, kind: export_job::ExportKind) -> Result<(), ApiError> {
    match kind {
        export_job::ExportKind::Audit => auth.require::<AuditRead>(),
        export_job::ExportKind::Attendance
        | export_job::ExportKind::Daily
        | export_job::ExportKind::Monthly
        | export_job::ExportKind::Department
        | export_job::ExportKind::History => auth.require::<AttendanceRead>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_title_means_the_usual_one() {
        let title = |text: &str| heading(Some(OneLine(text.to_owned())));
        assert_eq!((title("  "), heading(None)), (None, None));
        assert_eq!(title(" Week 47 ").as_deref(), Some("Week 47"));
    }
}
