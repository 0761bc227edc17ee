//! `/reports/schedules`: reports that come by themselves, to their owner as a notification and to others by mail.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    TextList,
    export_job::{ExportFormat as RowFormat, ExportKind as RowKind},
    report_schedule::{self, ActiveModel, Model},
};
use jobs::{Asker, Wanted};
use poem_openapi::{Object, OpenApi, param::Path};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, ModelTrait as _};
use serde_json::Value;
use timetable::{Timetable, TimetableError};
use uuid::Uuid;

use super::{
    super::{
        Tag,
        exports::{
            ExportFormat, ExportKind,
            filters::{Filters, content},
        },
        site::Calendar,
    },
    generate::{heading, may_read, must_be_known},
};
use crate::{
    audit::{Change, Entry},
    auth::{Auth, ExportsRead, ExportsWrite, ReportsWrite},
    envelope::{Created, NoContent, Reply},
    error::{ApiError, FieldIssue},
    extract::{Body, OneLine},
    state::App,
    timestamp::Timestamp,
};

/// Enough to find two of one minute, wherever in it somebody asks.
const TICKS_LOOKED_AT: usize = 3;

/// The routes.
pub struct Api(pub Arc<App>);

/// A report that comes by itself.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct ReportSchedule {
    /// Id.
    id: Uuid,
    /// What it tells of.
    #[oai(rename = "type")]
    kind: ExportKind,
    /// Format of the file.
    format: ExportFormat,
    /// Heading, where one was given.
    title: Option<String>,
    /// When, five fields, or six with seconds in front.
    cron: String,
    /// IANA time zone of `cron`.
    timezone: String,
    /// Which rows.
    filters: Value,
    /// Mail addresses that get the file.
    recipients: Vec<String>,
    /// Whether it runs.
    enabled: bool,
    /// The next time; null while it is disabled.
    next_run: Option<Timestamp>,
    /// The last time.
    last_run: Option<Timestamp>,
    /// Whose it is.
    user_id: Uuid,
    /// When it was made.
    created_at: Timestamp,
}

impl ReportSchedule {
    fn new(row: Model, now: DateTime<Utc>) -> Self {
        let timetable = row.enabled.then(|| Timetable::parse(&row.cron, &row.timezone).ok()).flatten();
        Self {
            next_run: timetable.and_then(|timetable| timetable.next(now)).map(Timestamp),
            id: row.id,
            kind: row.kind.into(),
            format: row.format.into(),
            title: row.title,
            cron: row.cron,
            timezone: row.timezone,
            filters: row.filters,
            recipients: row.recipients.0,
            enabled: row.enabled,
            last_run: row.last_run_at.map(Timestamp),
            user_id: row.user_id,
            created_at: row.created_at.into(),
        }
    }
}

/// A new one.
#[derive(Debug, Object)]
struct NewReportSchedule {
    /// What it tells of.
    #[oai(rename = "type")]
    kind: ExportKind,
    /// Format of the file.
    format: ExportFormat,
    /// When, five fields, or six with seconds in front.
    #[oai(validator(min_length = 1, max_length = 200))]
    cron: OneLine,
    /// IANA time zone of `cron`; UTC where absent.
    #[oai(validator(min_length = 1, max_length = 64))]
    timezone: Option<OneLine>,
    /// Which rows. Days are not fixed here: `daily` tells of the day before, `monthly` of the month before, and the others of the
    /// `period` before.
    #[oai(default)]
    filters: Filters,
    /// Mail addresses that get the file; its owner is notified anyhow.
    #[oai(default, validator(max_items = 50))]
    recipients: Vec<String>,
    /// Heading, where it shall not be the usual one.
    #[oai(validator(min_length = 1, max_length = 200))]
    title: Option<OneLine>,
    /// Whether it runs; it does where absent.
    enabled: Option<bool>,
}

#[OpenApi(prefix_path = "/reports/schedules", tag = "Tag::Reports")]
impl Api {
    /// List scheduled reports
    ///
    /// One's own, and everybody's for administrators.
    #[oai(path = "/", method = "get")]
    async fn list(&self, auth: Auth<ReportsWrite>) -> Result<Reply<Vec<ReportSchedule>>, ApiError> {
        let (owner, now) = ((!auth.may::<ExportsRead>()).then(|| auth.user_id()), Utc::now());
        let rows = report_schedule::list(&self.0.db, owner).await?;
        Ok(Reply(rows.into_iter().map(|row| ReportSchedule::new(row, now)).collect()))
    }

    /// Schedule a report
    #[oai(path = "/", method = "post")]
    async fn create(
        &self,
        auth: Auth<ReportsWrite>,
        body: Body<NewReportSchedule>,
    ) -> Result<Created<ReportSchedule>, ApiError> {
        may_read(&auth, body.0.kind.into())?;
        let row = checked(&self.0, auth.user_id(), body.0).await?;
        let change = Change::begin(&self.0.db, &auth.call).await?;
        let row = row.insert(&*change).await?;
        let entry = Entry::new("report_schedule.create", format!("The report {} was scheduled", row.id));
        change.commit(entry.on("report_schedule", &row.id).after(&row)).await?;
        Ok(Created(ReportSchedule::new(row, Utc::now())))
    }

    /// Remove a scheduled report
    ///
    /// Files that it made stay.
    #[oai(path = "/:id", method = "delete")]
    async fn remove(&self, auth: Auth<ReportsWrite>, id: Path<Uuid>) -> Result<NoContent, ApiError> {
        let change = Change::begin(&self.0.db, &auth.call).await?;
        let row = report_schedule::Entity::find_by_id(id.0).one(&*change).await?;
        let may = |row: &Model| row.user_id == auth.user_id() || auth.may::<ExportsWrite>();
        let row = row.filter(may).ok_or_else(|| ApiError::not_found("report schedule"))?;
        row.clone().delete(&*change).await?;
        let entry = Entry::new("report_schedule.delete", format!("The schedule {} was removed", row.id));
        change.commit(entry.on("report_schedule", &row.id).before(&row)).await?;
        Ok(NoContent)
    }
}

/// The row, where all of it can be used; else everything that is wrong with it.
async fn checked(app: &App, user: Uuid, new: NewReportSchedule) -> Result<ActiveModel, ApiError> {
    let (kind, wanted) = (RowKind::from(new.kind), Wanted::from(new.filters));
    let cron = new.cron.0.trim().to_owned();
    let timezone = new.timezone.map_or_else(|| "UTC".to_owned(), |zone| zone.0.trim().to_owned());
    let mut wrong = Vec::new();
    match Timetable::parse(&cron, &timezone) {
        Ok(timetable) if is_hasty(&timetable, Utc::now()) => {
            wrong.push(FieldIssue::new("cron", "must not make a report more often than once a minute"));
        }
        Ok(_) => {}
        Err(error) => {
            let field = if matches!(error, TimetableError::Zone(_)) { "timezone" } else { "cron" };
            wrong.push(FieldIssue::new(field, error.to_string()));
        }
    }
    let content = content(&wanted, kind, Asker::Schedule, Calendar::now(app).await?.today);
    if let Err(ApiError::Validation(issues)) = &content {
        wrong.extend(issues.iter().cloned());
    }
    let refused = new.recipients.iter().enumerate().filter(|(_, address)| !is_mail_address(address));
    wrong.extend(refused.map(|(i, _)| FieldIssue::new(format!("recipients[{i}]"), "must be a mail address")));
    if !wrong.is_empty() {
        return Err(ApiError::Validation(wrong));
    }
    must_be_known(app, &content?).await?;
    Ok(ActiveModel {
        user_id: Set(user),
        cron: Set(cron),
        timezone: Set(timezone),
        kind: Set(kind),
        format: Set(RowFormat::from(new.format)),
        filters: Set(serde_json::to_value(&wanted).map_err(ApiError::internal)?),
        recipients: Set(TextList(new.recipients)),
        title: Set(heading(new.title)),
        enabled: Set(new.enabled.unwrap_or(true)),
        ..Default::default()
    })
}

/// Whether two of the next ticks are less than a minute apart: each makes a file that is kept for days.
fn is_hasty(timetable: &Timetable, now: DateTime<Utc>) -> bool {
    let next = |tick: &DateTime<Utc>| timetable.next(*tick);
    let ticks: Vec<_> = std::iter::successors(timetable.next(now), next).take(TICKS_LOOKED_AT).collect();
    ticks.windows(2).any(|pair| pair[1] - pair[0] < TimeDelta::minutes(1))
}

/// Whether a mail server may take it: something, an at sign and a host, without what could end a header.
fn is_mail_address(text: &str) -> bool {
    let fits = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !"<>(),;:\\\"@[]".contains(c))
    };
    text.len() <= 254 && text.split_once('@').is_some_and(|(name, host)| fits(name) && fits(host))
}
