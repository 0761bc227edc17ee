//! The audit trail: who did what, when and from where, oldest first.

use attendance::day;
use chrono::NaiveDate;
use chrono_tz::Tz;
use documents::{Column, Kind, Summary, Total};
use entity::{
    Level,
    audit_log::{self, Model, Stretch},
};
use futures_util::TryStreamExt as _;
use sea_orm::DatabaseTransaction;

use super::word;
use crate::export::{
    sink::{Row, Sink},
    trouble::Trouble,
};

pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::new("Time", Kind::DateTime),
        Column::new("Actor", Kind::Text).chars(24),
        Column::new("Role", Kind::Text).chars(14),
        Column::new("Action", Kind::Text).chars(20),
        Column::new("On", Kind::Text).chars(24),
        Column::new("What happened", Kind::Text).chars(40),
        Column::new("Severity", Kind::Text).chars(9),
        Column::new("Result", Kind::Text).chars(9),
        Column::new("Error", Kind::Text).chars(16),
        Column::new("Address", Kind::Text).chars(15),
    ]
}

pub(super) fn filter(
    (from, to): (NaiveDate, NaiveDate),
    (actor, action): (Option<&str>, Option<&str>),
    severity: Option<Level>,
    zone: Tz,
) -> Stretch {
    Stretch {
        from: day::start(from, zone),
        until: day::end(to, zone),
        actor: actor.map(str::to_owned),
        action: action.map(str::to_owned),
        severity,
    }
}

pub(super) async fn read(
    db: &DatabaseTransaction,
    filter: &Stretch,
    zone: Tz,
    sink: &mut Sink<'_, '_>,
) -> Result<Summary, Trouble> {
    let total = audit_log::count(db, filter).await?;
    sink.expect(total).await?;
    let mut failures = 0;
    let mut entries = audit_log::oldest_first(filter).stream(db).await?;
    while let Some(entry) = entries.try_next().await? {
        failures += i64::from(entry.status == audit_log::Status::Failure);
        sink.push(row(entry, zone)).await?;
    }
    let entries = i64::try_from(total).unwrap_or(i64::MAX);
    let totals = vec![
        Total::new("Entries", Kind::Integer, entries),
        Total::new("Refused or failed", Kind::Integer, failures),
    ];
    Ok(Summary { totals, chart: None })
}

fn row(entry: Model, zone: Tz) -> Row {
    let resource = [entry.resource_type, entry.resource_id].into_iter().flatten().collect::<Vec<_>>();
    vec![
        entry.timestamp.with_timezone(&zone).naive_local().into(),
        entry.actor.into(),
        entry.actor_role.into(),
        entry.action.into(),
        resource.join(" ").into(),
        entry.message.into(),
        word(&entry.severity).into(),
        word(&entry.status).into(),
        entry.error_message.into(),
        entry.ip_address.map(|address| address.ip().to_string()).into(),
    ]
}
