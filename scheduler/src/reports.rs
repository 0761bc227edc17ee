//! The loop that makes scheduled reports. A tick is claimed like those of periodic jobs: the schedule's row is moved, and the
//! report's row and its job are made in one transaction, so that any number of schedulers make each report once.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use entity::{
    export_job,
    report_schedule::{self, Model},
    schedule,
    system_config::Settings,
};
use jobs::{Asker, Content, GenerateReport, Origin, Pending, Wanted, Work, enqueue_as};
use platform::Shutdown;
use queue::{JobId, Queues};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseConnection};
use timetable::Timetable;
use uuid::Uuid;

use crate::error::TickError;

/// Rest between two looks: a tick is late by no more.
const REST: Duration = Duration::from_secs(1);

/// Makes scheduled reports.
#[derive(Debug)]
pub struct Reports {
    db: DatabaseConnection,
    queues: Queues,
    /// Schedules that cannot be run, and what they said: each is logged once.
    broken: HashMap<Uuid, String>,
}

impl Reports {
    /// A loop that has not begun.
    #[must_use]
    pub fn new(db: DatabaseConnection, queues: Queues) -> Self {
        Self { db, queues, broken: HashMap::new() }
    }

    /// Makes reports until `shutdown`.
    pub async fn run(mut self, shutdown: Shutdown) {
        while !shutdown.started() {
            if let Err(error) = self.round().await {
                tracing::warn!(%error, "scheduled reports wait");
            }
            tokio::select! {
                () = shutdown.wait() => {}
                () = tokio::time::sleep(REST) => {}
            }
        }
    }

    async fn round(&mut self) -> Result<(), TickError> {
        let rows = report_schedule::enabled(&self.db).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let now = schedule::clock(&self.db).await?;
        let site = Settings::load(&self.db).await?.attendance_timezone;
        for row in rows {
            let Some((tick, content)) = self.due(&row, now, site) else { continue };
            if let Some(pending) = claim(&self.db, &row, tick, content).await? {
                tracing::debug!(schedule = %row.id, %tick, job = %pending.id, "report");
                // A Redis that is away must not delay other reports: the sweeper pushes what is left.
                let _ = tokio::time::timeout(REST, pending.push(&self.queues)).await;
            }
        }
        Ok(())
    }

    /// The tick that is due, and what its report tells.
    fn due(&mut self, row: &Model, now: DateTime<Utc>, site: Tz) -> Option<(DateTime<Utc>, Content)> {
        match due(row, now, site) {
            Ok(due) => due,
            Err(reason) => {
                if self.broken.insert(row.id, reason.clone()).as_ref() != Some(&reason) {
                    tracing::error!(schedule = %row.id, reason, "this report is not made");
                }
                None
            }
        }
    }
}

/// The cron goes by its own zone, and what it tells of by the site's: its days are those of attendance.
fn due(row: &Model, now: DateTime<Utc>, site: Tz) -> Result<Option<(DateTime<Utc>, Content)>, String> {
    let timetable = Timetable::parse(&row.cron, &row.timezone).map_err(|error| error.to_string())?;
    let Some(tick) = timetable.due(row.last_tick, now) else { return Ok(None) };
    let wanted: Wanted = serde_json::from_value(row.filters.clone()).map_err(|error| error.to_string())?;
    let day = tick.with_timezone(&site).date_naive();
    let content = wanted.content(row.kind, Asker::Schedule, day);
    let told = |wrong: Vec<jobs::WrongFilter>| {
        wrong
            .into_iter()
            .map(|wrong| format!("{} {}", wrong.field, wrong.issue))
            .collect::<Vec<_>>()
            .join(", ")
    };
    content.map(|content| Some((tick, content))).map_err(told)
}

/// Makes the tick, unless somebody else has made it or changed the schedule meanwhile.
async fn claim(
    db: &DatabaseConnection,
    seen: &Model,
    tick: DateTime<Utc>,
    content: Content,
) -> Result<Option<Pending>, TickError> {
    let transaction = entity::begin(db).await?;
    let row = report_schedule::lock(&transaction, seen.id).await?;
    let unchanged = row.is_some_and(|row| row.cron == seen.cron && row.timezone == seen.timezone);
    if !unchanged || !report_schedule::claim_tick(&transaction, seen.id, tick).await? {
        transaction.rollback().await?;
        return Ok(None);
    }
    let (kind, period) = (content.kind(), content.period());
    let job = GenerateReport {
        content,
        format: seen.format,
        title: seen.title.clone(),
        // Those who get it by mail open it, most of them in Excel.
        bom: true,
        recipients: seen.recipients.0.clone(),
    };
    let origin = Origin { request_id: Uuid::now_v7(), actor: Some(seen.user_id) };
    let pending = enqueue_as(&transaction, JobId::now_v7(), Work::of(&job)?, origin).await?;
    let export = export_job::ActiveModel {
        id: Set(pending.id),
        user_id: Set(seen.user_id),
        kind: Set(kind),
        format: Set(seen.format),
        title: Set(seen.title.clone()),
        description: Set(Some(period)),
        filters: Set(seen.filters.clone()),
        status: Set(export_job::Status::Queued),
        progress: Set(0),
        schedule_id: Set(Some(seen.id)),
        ..Default::default()
    };
    export.insert(&transaction).await?;
    transaction.commit().await?;
    Ok(Some(pending))
}
