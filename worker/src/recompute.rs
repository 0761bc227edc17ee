//! `rollcall-recompute`: the recomputation of a day from a terminal. It needs the database only, so that it also works while the
//! queue is away; what it changed stands in the audit.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use daybook::{Changed, Recomputed, Site};
use entity::{
    Level,
    audit_log::{self, ActiveModel},
};
use platform::{Settings, db};
use sea_orm::{ActiveValue::Set, DatabaseConnection, DbErr};
use serde_json::json;
use uuid::Uuid;

/// Who acts, for the audit.
const ACTOR: &str = "rollcall-recompute";

/// Why nothing was recomputed.
#[derive(Debug, thiserror::Error)]
pub enum RecomputeFailure {
    /// The command line names no day.
    #[error("name a day, YYYY-MM-DD, and at most one employee id")]
    Usage,
    /// Settings or shifts cannot be read.
    #[error("settings")]
    Site(#[from] daybook::SiteError),
    /// The day cannot be recomputed.
    #[error(transparent)]
    Recompute(#[from] daybook::RecomputeError),
    /// The database is away.
    #[error("database")]
    Database(#[from] DbErr),
}

/// Recomputes the day that the arguments name, and answers what changed, a line a log.
///
/// # Errors
/// See [`RecomputeFailure`].
pub async fn recompute(settings: &Settings, arguments: &[String]) -> Result<String, RecomputeFailure> {
    let (date, employee) = match arguments {
        [date] => (date, None),
        [date, employee] => (date, Some(employee.as_str())),
        _ => return Err(RecomputeFailure::Usage),
    };
    let date: NaiveDate = date.parse().map_err(|_| RecomputeFailure::Usage)?;
    let database = db::connect(settings).await?;
    let site = Site::load(&database).await?;
    let done = daybook::recompute(&database, &site, date, employee, Utc::now()).await?;
    audit(&database, date, employee, &done).await?;
    Ok(told(&done, site.zone))
}

async fn audit(
    database: &DatabaseConnection,
    date: NaiveDate,
    employee: Option<&str>,
    done: &Recomputed,
) -> Result<(), DbErr> {
    let listed = |changed: &Changed| json!({ "employeeId": changed.employee_id, "date": changed.date, "log": changed.before });
    let after = |changed: &Changed| json!({ "employeeId": changed.employee_id, "date": changed.date, "log": changed.after });
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        actor: Set(ACTOR.to_owned()),
        action: Set("attendance.recompute".to_owned()),
        resource_type: Set(Some("attendance_day".to_owned())),
        resource_id: Set(Some(date.to_string())),
        message: Set(format!("The attendance of {date} was recomputed: {} logs changed", done.changed.len())),
        old_value: Set(Some(done.changed.iter().map(listed).collect())),
        new_value: Set(Some(done.changed.iter().map(after).collect())),
        context: Set(Some(json!({ "employeeId": employee }))),
        severity: Set(Level::Info),
        status: Set(audit_log::Status::Success),
        request_id: Set(Uuid::now_v7()),
        timestamp: Set(Utc::now()),
        ..Default::default()
    };
    audit_log::append(database, row).await.map(drop)
}

fn told(done: &Recomputed, zone: Tz) -> String {
    let mut text = String::new();
    for Changed { employee_id, date, before, after } in &done.changed {
        let (before, after) = (brief(before.as_ref(), zone), brief(after.as_ref(), zone));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{date}  {employee_id:<16}  {before}  →  {after}");
    }
    let _ = writeln!(text, "{} people, {} logs changed", done.people, done.changed.len());
    text
}

fn brief(log: Option<&attendance::Log>, zone: Tz) -> String {
    let clock = |at: DateTime<Utc>| at.with_timezone(&zone).format("%H:%M:%S").to_string();
    match log {
        Some(log) => {
            let out = log.check_out.map_or_else(|| "open".to_owned(), clock);
            format!("{}–{out} {}", clock(log.check_in), log.status.as_str())
        }
        None => "no log".to_owned(),
    }
}
