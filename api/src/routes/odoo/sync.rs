//! `POST /odoo/sync`: asking for a sync, or for what it would do.

use std::sync::Arc;

use entity::{
    attendance_log::{self, WaitingPerson},
    odoo_config as row,
    system_config::Settings,
};
use jobs::{OdooSync, Work};
use odoo::Match;
use poem::{IntoResponse, Response};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::Query,
    registry::{MetaResponses, Registry},
};
use uuid::Uuid;

use super::{config::connection, test};
use crate::{
    audit::{Change, Entry},
    auth::{Auth, OdooWrite},
    envelope::{Accepted, Reply},
    error::ApiError,
    extract::{Body, IdempotencyKey},
    machinery::Asked,
    routes::Tag,
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// Which logs to send.
#[derive(Debug, Default, Object)]
#[oai(rename_all = "camelCase")]
struct SyncRequest {
    /// Ids of logs; every log that is pending or failed where absent.
    #[oai(validator(min_items = 1, max_items = 5000))]
    record_ids: Option<Vec<String>>,
}

/// A sync that was asked for.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct SyncQueued {
    /// The job, to be read under `/jobs/{id}`.
    job_id: Uuid,
    /// Logs that it will send.
    queued: i64,
}

/// What a sync would do.
#[derive(Debug, Default, Object)]
#[oai(rename_all = "camelCase")]
struct SyncPlan {
    /// Records that it would make.
    would_create: i64,
    /// Records that it would change.
    would_update: i64,
    /// Records that it would remove.
    would_delete: i64,
    /// People with logs to be sent who are not found in Odoo, or not as one employee alone.
    unmatched: Vec<String>,
}

/// 202 with the job, or 200 with what it would do.
enum SyncAnswer {
    Queued(Accepted<SyncQueued>),
    Plan(Reply<SyncPlan>),
}

impl IntoResponse for SyncAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Queued(queued) => queued.into_response(),
            Self::Plan(plan) => plan.into_response(),
        }
    }
}

impl ApiResponse for SyncAnswer {
    fn meta() -> MetaResponses {
        let (queued, plan) = (Accepted::<SyncQueued>::meta(), Reply::<SyncPlan>::meta());
        MetaResponses { responses: plan.responses.into_iter().chain(queued.responses).collect() }
    }

    fn register(registry: &mut Registry) {
        Accepted::<SyncQueued>::register(registry);
        Reply::<SyncPlan>::register(registry);
    }
}

#[OpenApi(prefix_path = "/odoo", tag = "Tag::Odoo")]
impl Api {
    /// Send logs to Odoo
    ///
    /// A job sends them, oldest first, one sync at a time. A sync of everything that waits or runs already stands in for another
    /// one. With `dryRun=true` nothing is sent: the answer is 200 and tells what would be, from what stands here and the people that
    /// Odoo has. Its records are not looked at, so the sync may still refuse what people have changed there, or what overlaps.
    #[oai(path = "/sync", method = "post")]
    async fn sync(
        &self,
        auth: Auth<OdooWrite>,
        #[oai(name = "dryRun")] dry_run: Query<Option<bool>>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<Option<SyncRequest>>,
    ) -> Result<SyncAnswer, ApiError> {
        let named = body.0.unwrap_or_default().record_ids;
        if dry_run.0.unwrap_or(false) {
            return plan(&self.0, named.as_deref()).await.map(|plan| SyncAnswer::Plan(Reply(plan)));
        }
        let asked = Asked { call: &auth.call, user: auth.user_id(), key: &key, operation: "odoo-sync" };
        enqueue(&self.0, &asked, named).await.map(|queued| SyncAnswer::Queued(Accepted(queued)))
    }
}

async fn enqueue(app: &App, asked: &Asked<'_>, named: Option<Vec<String>>) -> Result<SyncQueued, ApiError> {
    let job = OdooSync { record_ids: named };
    let work = Work::of(&job)?;
    let queued = waiting(app, job.record_ids.as_deref()).await?;
    if let Some(answered) = asked.answered(app, &work).await? {
        return Ok(SyncQueued { job_id: answered.job_id, queued });
    }
    let row = row::get(&app.db).await?;
    if connection(app, &row)?.is_none() {
        return Err(ApiError::InvalidState(
            "no Odoo is set up: enter address, database, user and API key".into(),
        ));
    }
    let change = Change::begin(&app.db, asked.call).await?;
    let entry = Entry::new("odoo.sync", format!("A sync of {queued} logs with Odoo was asked for"));
    let accepted = asked.accept(app, change, work, entry.on("odoo", &1).after(&job)).await?;
    Ok(SyncQueued { job_id: accepted.job_id, queued })
}

/// How many logs a sync would send; every one that somebody names must be there.
async fn waiting(app: &App, named: Option<&[String]>) -> Result<i64, ApiError> {
    let Some(named) = named else {
        let waiting = attendance_log::count_waiting(&app.db).await?;
        return Ok(waiting.pending + waiting.failed + waiting.leaving);
    };
    if named.iter().any(|id| id.contains('\0')) {
        return Err(ApiError::field("recordIds", "must not contain NUL characters"));
    }
    let found = attendance_log::standing_of(&app.db, named).await?;
    match named.iter().find(|id| !found.iter().any(|(known, _)| known == *id)) {
        Some(id) => Err(ApiError::field("recordIds", format!("there is no attendance log {id:.64}"))),
        None => Ok(i64::try_from(found.len()).unwrap_or(i64::MAX)),
    }
}

async fn plan(app: &App, named: Option<&[String]>) -> Result<SyncPlan, ApiError> {
    waiting(app, named).await?;
    let row = row::get(&app.db).await?;
    let Some(to) = connection(app, &row)? else {
        return Err(ApiError::InvalidState(
            "no Odoo is set up: enter address, database, user and API key".into(),
        ));
    };
    let client = app.machinery.odoo.connect(&to).await?;
    let waiting = attendance_log::waiting_people(&app.db, named).await?;
    let ids = waiting.iter().map(|person| person.employee_id.clone()).collect();
    let order: Vec<_> =
        Settings::load(&app.db).await?.odoo_match_order.into_iter().map(test::field).collect();
    let found = client.find_people(&test::with_emails(app, ids).await?, &order).await?;
    let is_found = |person: &&WaitingPerson| matches!(found.get(&person.employee_id), Some(Match::Found(_)));
    let (matched, unmatched): (Vec<_>, Vec<_>) = waiting.iter().partition(is_found);
    Ok(SyncPlan {
        would_create: matched.iter().map(|person| person.new).sum(),
        would_update: waiting.iter().map(|person| person.known).sum(),
        would_delete: waiting.iter().map(|person| person.leaving).sum(),
        unmatched: unmatched
            .into_iter()
            .filter(|person| person.new > 0)
            .map(|person| person.employee_id.clone())
            .collect(),
    })
}
