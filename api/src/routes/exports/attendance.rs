//! `/attendance/export`: logs as a file.

use std::sync::Arc;

use entity::export_job;
use jobs::{Asker, GenerateExport, Wanted, Work};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::{
    super::{Tag, site::Calendar},
    ExportFormat,
    ask::{Wish, accept},
    filters::{Filters, content},
};
use crate::{
    auth::{AttendanceRead, Auth},
    envelope::Accepted,
    error::ApiError,
    extract::{Body, IdempotencyKey},
    machinery::Asked,
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// Which logs, and as what.
#[derive(Debug, Object)]
struct ExportRequest {
    /// Format of the file.
    format: ExportFormat,
    /// Which logs: the filters of `GET /attendance/logs`.
    #[oai(default)]
    filters: Filters,
    /// Whether a CSV begins with a byte order mark, by which Excel knows UTF-8.
    #[oai(default)]
    bom: bool,
}

/// A file that a job makes.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct ExportQueued {
    /// The job, to be read under `/jobs/{id}`.
    job_id: Uuid,
    /// The file, to be read under `/exports/{id}`.
    export_id: Uuid,
    /// Always `queued`.
    status: String,
}

#[OpenApi(prefix_path = "/attendance", tag = "Tag::Attendance")]
impl Api {
    /// Export logs as a file
    #[oai(path = "/export", method = "post")]
    async fn export(
        &self,
        auth: Auth<AttendanceRead>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ExportRequest>,
    ) -> Result<Accepted<ExportQueued>, ApiError> {
        let ExportRequest { format, filters, bom } = body.0;
        let (wanted, format) = (Wanted::from(filters), export_job::ExportFormat::from(format));
        let today = Calendar::now(&self.0).await?.today;
        let content = content(&wanted, export_job::ExportKind::Attendance, Asker::Person, today)?;
        let work = Work::of(&GenerateExport { content: content.clone(), format, bom })?;
        let asked =
            Asked { call: &auth.call, user: auth.user_id(), key: &key, operation: "attendance/export" };
        let wish = Wish { content: &content, format, title: None, wanted: &wanted, work };
        let id = accept(&self.0, &asked, wish).await?;
        Ok(Accepted(ExportQueued { job_id: id, export_id: id, status: "queued".to_owned() }))
    }
}
