//! `/jobs`: every job with its attempts, and what operators do to one.

mod control;
mod job;

use std::sync::Arc;

use chrono::Utc;
use entity::{Paged, job_effect, job_outbox};
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use queue::{JobFilter, JobView};
use sea_orm::EntityTrait as _;
use uuid::Uuid;

pub(super) use self::control::call_off;
use self::{
    control::Cancelling,
    job::{Job, JobStatus},
};
use super::{Tag, text};
use crate::{
    auth::{Auth, JobsRead, JobsWrite, Myself},
    envelope::{Accepted, Page, Reply},
    error::ApiError,
    extract::{PageNumber, PageSize, Paging},
    machinery::Queued,
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

#[OpenApi(prefix_path = "/jobs", tag = "Tag::Jobs")]
impl Api {
    /// List jobs
    ///
    /// Those to which something happened last come first.
    #[oai(path = "/", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "one for each query parameter of the contract")]
    async fn list(
        &self,
        _auth: Auth<JobsRead>,
        queue: Query<Option<String>>,
        #[oai(name = "type")] kind: Query<Option<String>>,
        status: Query<Option<JobStatus>>,
        page: PageNumber,
        #[oai(name = "pageSize")] size: PageSize,
    ) -> Result<Page<Job>, ApiError> {
        let filter = JobFilter {
            queue: text::filter("queue", queue.0)?,
            kind: text::filter("type", kind.0)?,
            state: status.0.map(Into::into),
            actor: None,
        };
        let paging = Paging::new(&page, &size);
        let found = self.0.machinery.queues.jobs(&filter, paging.page.into(), paging.size as usize).await?;
        Ok(Page::new(Paged { rows: found.items, total: found.total }, paging))
    }

    /// Read a job
    ///
    /// Whoever made the call that started it may; for other jobs it takes jobs:read.
    #[oai(path = "/:id", method = "get")]
    async fn read(&self, auth: Auth<Myself>, id: Path<Uuid>) -> Result<Reply<Job>, ApiError> {
        let (actor, job) = self.find(id.0).await?;
        if actor != Some(auth.user_id()) {
            auth.require::<JobsRead>()?;
        }
        Ok(Reply(job))
    }

    /// Start a job again
    ///
    /// One that is dead, cancelled or expired gets all its attempts again.
    #[oai(path = "/:id/retry", method = "post")]
    async fn retry(&self, auth: Auth<JobsWrite>, id: Path<Uuid>) -> Result<Accepted<Queued>, ApiError> {
        control::retry(&self.0, &auth.call, id.0).await.map(Accepted)
    }

    /// Cancel a job
    #[oai(path = "/:id/cancel", method = "post")]
    async fn cancel(&self, auth: Auth<JobsWrite>, id: Path<Uuid>) -> Result<Accepted<Cancelling>, ApiError> {
        control::cancel(&self.0, &auth.call, id.0).await.map(Accepted)
    }
}

impl Api {
    /// The job and who caused it.
    async fn find(&self, id: Uuid) -> Result<(Option<Uuid>, Job), ApiError> {
        let known = self.0.machinery.queues.job(id).await;
        if let Ok(Some(job)) = known {
            return Ok(from_queue(job));
        }
        let row = job_outbox::Entity::find_by_id(id).one(&self.0.db).await?;
        match (row, known) {
            // How an unfinished job stands, only the queue can tell.
            (Some(row), Err(error)) if row.finished_at.is_none() => Err(error.into()),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(_)) => Err(ApiError::not_found("job")),
            (Some(row), _) => self.accepted(row).await,
        }
    }

    async fn accepted(&self, row: job_outbox::Model) -> Result<(Option<Uuid>, Job), ApiError> {
        let actor = row.actor.as_deref().and_then(|actor| actor.parse().ok());
        let effect = job_effect::Entity::find_by_id(row.id).one(&self.0.db).await?;
        Ok((actor, Job::accepted(row, effect.and_then(|effect| effect.result), Utc::now())))
    }
}

fn from_queue(job: JobView) -> (Option<Uuid>, Job) {
    (job.context.actor, job.into())
}
