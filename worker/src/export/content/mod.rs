//! What stands in each kind of document: its columns, the lines above them, its rows, and what there is to say of all of
//! them. One file a kind. Rows and sums of one document are read in one snapshot of the database, so that they agree.

pub(super) mod attendance;
mod audit;
mod daily;
mod department;
mod figures;
mod history;
mod monthly;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use documents::{Format, Layout};
use jobs::Content;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use super::{sink::Sink, trouble::Trouble};

/// Where the rows of a document come from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub content: &'a Content,
    /// The site's zone, in which the document's times are.
    pub zone: Tz,
}

impl Source<'_> {
    /// What stands above the rows.
    pub(super) fn layout(self, title: &str, now: DateTime<Utc>) -> Layout {
        let columns = match self.content {
            Content::Attendance(_) => attendance::columns(),
            Content::Daily { .. } => daily::columns(),
            Content::Monthly { .. } => monthly::columns(),
            Content::Department { .. } => department::columns(),
            Content::Audit { .. } => audit::columns(),
            Content::History { .. } => history::columns(),
        };
        Layout {
            title: title.to_owned(),
            subtitle: period(self.content),
            filters: filters(self.content),
            generated_at: now.with_timezone(&self.zone),
            columns,
        }
    }

    /// Reads all rows into `sink`.
    pub(super) async fn read(self, db: &DatabaseConnection, sink: Sink<'_, '_>) -> Result<(), Trouble> {
        match (self.content, sink.format()) {
            // A CSV has nothing but rows, so one statement is all there is to read.
            (Content::Attendance(filter), Format::Csv) => attendance::copy(db, filter, sink).await,
            _ => self.read_snapshot(db, sink).await,
        }
    }

    async fn read_snapshot(self, db: &DatabaseConnection, sink: Sink<'_, '_>) -> Result<(), Trouble> {
        let snapshot = entity::begin_snapshot(db).await?;
        // Storage may keep the rows waiting for longer than a transaction may stand; this one holds no row that others want.
        snapshot.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        let mut sink = sink;
        let summary = match self.content {
            Content::Attendance(filter) => attendance::read(&snapshot, filter, &mut sink).await?,
            Content::Daily { date, department } => {
                let query = daily::query(*date, department.as_deref());
                daily::read(&snapshot, &query, self.zone, &mut sink).await?
            }
            Content::Monthly { year, month, department } => {
                let query = monthly::query(*year, *month, department.as_deref())?;
                monthly::read(&snapshot, &query, self.zone, &mut sink).await?
            }
            Content::Department { from, to, department } => {
                let query = department::query(*from, *to, department.as_deref());
                department::read(&snapshot, &query, self.zone, &mut sink).await?
            }
            Content::Audit { from, to, actor, action, severity } => {
                let texts = (actor.as_deref(), action.as_deref());
                let filter = audit::filter((*from, *to), texts, *severity, self.zone);
                audit::read(&snapshot, &filter, self.zone, &mut sink).await?
            }
            Content::History { employee_id, from, to, camera_id } => {
                let query = history::query(employee_id, (*from, *to), camera_id.as_deref(), self.zone);
                history::read(&snapshot, &query, self.zone, &mut sink).await?
            }
        };
        snapshot.rollback().await?;
        sink.end(summary).await
    }
}

/// The days that a document is about.
fn period(content: &Content) -> Vec<String> {
    let line = match content {
        Content::Attendance(filter) => match (filter.date_from, filter.date_to) {
            (Some(from), Some(to)) => days(from, to),
            (Some(from), None) => format!("From {}", long(from)),
            (None, Some(to)) => format!("Up to {}", long(to)),
            (None, None) => "All days".to_owned(),
        },
        Content::Daily { date, .. } => date.format("%A, %-d %B %Y").to_string(),
        Content::Monthly { year, month, .. } => {
            let first = NaiveDate::from_ymd_opt(*year, *month, 1);
            first.map(|first| first.format("%B %Y").to_string()).unwrap_or_default()
        }
        Content::Department { from, to, .. }
        | Content::Audit { from, to, .. }
        | Content::History { from, to, .. } => days(*from, *to),
    };
    vec![line]
}

fn days(from: NaiveDate, to: NaiveDate) -> String {
    if from == to { long(from) } else { format!("{} to {}", long(from), long(to)) }
}

fn long(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// By what the rows were chosen, days apart.
fn filters(content: &Content) -> Vec<(String, String)> {
    let chosen: Vec<(&str, Option<String>)> = match content {
        Content::Attendance(filter) => vec![
            ("Search", filter.search.clone()),
            ("Department", filter.department.clone()),
            ("Camera", filter.camera_id.clone()),
            ("Status", filter.status.map(|status| word(&status))),
            ("Odoo", filter.odoo_status.map(|status| word(&status))),
        ],
        Content::Daily { department, .. }
        | Content::Monthly { department, .. }
        | Content::Department { department, .. } => vec![("Department", department.clone())],
        Content::Audit { actor, action, severity, .. } => vec![
            ("Actor", actor.clone()),
            ("Action", action.clone()),
            ("Severity", severity.map(|severity| word(&severity))),
        ],
        Content::History { employee_id, camera_id, .. } => {
            vec![("Employee", Some(employee_id.clone())), ("Camera", camera_id.clone())]
        }
    };
    let given = chosen.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?)));
    given.collect()
}

/// The word of an enumeration's value, as people write it: `Present`, `Check in`.
fn word(value: &impl sea_orm::ActiveEnum<Value = String>) -> String {
    capitalised(&value.to_value())
}

fn capitalised(value: &str) -> String {
    let text = value.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
