//! `/schedules`: periodic jobs, when they run, and running one out of turn.

mod work;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::schedule::{self, Model};
use poem_openapi::{Object, OpenApi, param::Path};
use sea_orm::{ConnectionTrait, EntityTrait as _};
use timetable::{Timetable, TimetableError};

use super::Tag;
use crate::{
    audit::{Change, Entry},
    auth::{Auth, JobsRead, JobsWrite},
    envelope::{Accepted, Reply},
    error::ApiError,
    extract::{Body, IdempotencyKey, OneLine},
    machinery::{Asked, Queued},
    state::App,
    timestamp::Timestamp,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// A periodic job.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Schedule {
    /// Name; the kind of its job.
    name: String,
    /// When, five fields, or six with seconds in front.
    cron: String,
    /// IANA time zone of `cron`.
    timezone: String,
    /// Whether it runs by itself.
    enabled: bool,
    /// The next time; null while it is disabled.
    next_run: Option<Timestamp>,
    /// When its job was last started, by the clock or by a person; null before the first time.
    last_run: Option<Timestamp>,
    /// What became of the last of its jobs that ended: `done`, `dead`, `cancelled` or `expired`.
    last_outcome: Option<String>,
}

impl Schedule {
    fn new(row: Model, now: DateTime<Utc>) -> Self {
        let timetable = row.enabled.then(|| Timetable::parse(&row.cron, &row.timezone).ok()).flatten();
        Self {
            next_run: timetable.and_then(|timetable| timetable.next(now)).map(Timestamp),
            last_run: row.last_run_at.map(Timestamp),
            name: row.name,
            cron: row.cron,
            timezone: row.timezone,
            enabled: row.enabled,
            last_outcome: row.last_outcome,
        }
    }
}

/// Changes of a schedule: what is absent stays as it is.
#[derive(Debug, Object)]
struct ScheduleChanges {
    /// Whether it runs by itself. Times that pass while it is off are not made up for.
    enabled: Option<bool>,
    /// When, five fields, or six with seconds in front.
    #[oai(validator(min_length = 1, max_length = 200))]
    cron: Option<OneLine>,
    /// IANA time zone of `cron`.
    #[oai(validator(min_length = 1, max_length = 64))]
    timezone: Option<OneLine>,
}

#[OpenApi(prefix_path = "/schedules", tag = "Tag::Jobs")]
impl Api {
    /// All schedules
    #[oai(path = "/", method = "get")]
    async fn list(&self, _auth: Auth<JobsRead>) -> Result<Reply<Vec<Schedule>>, ApiError> {
        let now = Utc::now();
        let rows = schedule::all(&self.0.db).await?;
        Ok(Reply(rows.into_iter().map(|row| Schedule::new(row, now)).collect()))
    }

    /// Change a schedule
    #[oai(path = "/:name", method = "patch")]
    async fn change(
        &self,
        auth: Auth<JobsWrite>,
        name: Path<String>,
        body: Body<ScheduleChanges>,
    ) -> Result<Reply<Schedule>, ApiError> {
        let change = Change::begin(&self.0.db, &auth.call).await?;
        let before = find(&*change, &name.0).await?;
        let changes = checked(body.0, &before)?;
        let after = schedule::change(&*change, &name.0, changes).await?;
        let after = after.ok_or_else(|| ApiError::not_found("schedule"))?;
        let entry = Entry::new("schedule.update", format!("Schedule {} was changed", after.name));
        change.commit(entry.on("schedule", &after.name).before(&before).after(&after)).await?;
        Ok(Reply(Schedule::new(after, Utc::now())))
    }

    /// Run a schedule's job now
    ///
    /// One that is waiting or running already stands in for it.
    #[oai(path = "/:name/run", method = "post")]
    async fn run(
        &self,
        auth: Auth<JobsWrite>,
        name: Path<String>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
    ) -> Result<Accepted<Queued>, ApiError> {
        let row = find(&self.0.db, &name.0).await?;
        let operation = format!("schedules/{}/run", row.name);
        let asked = Asked { call: &auth.call, user: auth.user_id(), key: &key, operation: &operation };
        work::run(&self.0, &asked, &row).await.map(Accepted)
    }
}

/// The changes, where the schedule can be read with them.
fn checked(body: ScheduleChanges, before: &Model) -> Result<schedule::Changes, ApiError> {
    let trimmed = |text: Option<OneLine>| text.map(|text| text.0.trim().to_owned());
    let ScheduleChanges { enabled, cron, timezone } = body;
    let (cron, timezone) = (trimmed(cron), trimmed(timezone));
    if enabled.is_none() && cron.is_none() && timezone.is_none() {
        return Err(ApiError::field("body", "must have enabled, cron or timezone"));
    }
    if cron.is_some() || timezone.is_some() {
        let (cron, timezone) =
            (cron.as_ref().unwrap_or(&before.cron), timezone.as_ref().unwrap_or(&before.timezone));
        Timetable::parse(cron, timezone)
            .map_err(|wrong| ApiError::field(field_of(&wrong), wrong.to_string()))?;
    }
    Ok(schedule::Changes { enabled, cron, timezone })
}

fn field_of(wrong: &TimetableError) -> &'static str {
    if matches!(wrong, TimetableError::Zone(_)) { "timezone" } else { "cron" }
}

async fn find(db: &impl ConnectionTrait, name: &str) -> Result<Model, ApiError> {
    let row = if name.contains('\0') { None } else { schedule::Entity::find_by_id(name).one(db).await? };
    row.ok_or_else(|| ApiError::not_found("schedule"))
}
