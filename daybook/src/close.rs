//! The close of site days: open logs get their check-out, and whoever was expected and has no log was missed. Made for ten thousand
//! people: both go in batches of one statement, each its own transaction, so that an interrupted close goes on where it stopped.

use std::collections::HashMap;

use attendance::{
    Log, Plan,
    odoo::{Cause, after_change},
};
use chrono::{DateTime, Days as Span, NaiveDate, Utc};
use entity::{
    attendance_log::{self, CheckOut, Model, lock_people},
    closed_day,
    detection::{self, Stretch},
    face_profile,
};
use sea_orm::{DatabaseConnection, DbErr};

use crate::{
    columns::time_of_day,
    site::Site,
    stored::{log_of, odoo, sent, sync_status},
};

/// Days that an outage may last without leaving one unclosed.
const CATCH_UP: Span = Span::new(14);
/// People of one statement: few enough for the server's table of locks.
const BATCH: u64 = 500;

/// What a close did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closed {
    /// Days that were closed for the first time.
    pub days: Vec<NaiveDate>,
    /// Logs that got their check-out.
    pub checked_out: u64,
    /// People who were missed.
    pub missed: u64,
}

/// Closes every day that is over at `now` and was not closed, of the last two weeks. Logs that came late to a closed day are
/// ended too; nobody becomes missed on such a day any more.
///
/// # Errors
/// The database is out of reach; what was closed by then stays so.
pub async fn close_days(db: &DatabaseConnection, site: &Site, now: DateTime<Utc>) -> Result<Closed, DbErr> {
    let today = site.local_day(now);
    let first = today - CATCH_UP;
    let closed_before = closed_day::since(db, first).await?;
    let mut closed = Closed::default();
    for date in first.iter_days().take_while(|date| *date <= today) {
        if !site.is_over(date, now) {
            continue;
        }
        let checked_out = end_open_logs(db, site, date).await?;
        closed.checked_out += checked_out;
        if !closed_before.contains(&date) {
            let missed = note_missing(db, site, date).await?;
            closed_day::note(db, date, now, checked_out, missed).await?;
            closed.missed += missed;
            closed.days.push(date);
        }
    }
    Ok(closed)
}

async fn end_open_logs(db: &DatabaseConnection, site: &Site, date: NaiveDate) -> Result<u64, DbErr> {
    let (mut ended, mut after, mut plans) = (0, None, Plans::of(site));
    loop {
        let open = attendance_log::open_logs(db, date, after.as_deref(), BATCH).await?;
        let Some(last) = open.last() else { return Ok(ended) };
        after = Some(last.employee_id.clone());
        let people: Vec<_> = open.into_iter().map(|row| row.employee_id).collect();
        ended += end(db, &mut plans, date, people).await?;
    }
}

async fn end(
    db: &DatabaseConnection,
    plans: &mut Plans<'_>,
    date: NaiveDate,
    people: Vec<String>,
) -> Result<u64, DbErr> {
    let transaction = entity::begin(db).await?;
    lock_people(&transaction, people.clone()).await?;
    let rows = attendance_log::find_of_people(&transaction, &people, date, date).await?;
    let open: Vec<_> = rows
        .into_iter()
        .filter_map(|row| log_of(&row).filter(|log| log.check_out.is_none()).map(|log| (row, log)))
        .collect();
    let stretches: Vec<_> = open
        .iter()
        .map(|(row, log)| Stretch {
            person_id: row.employee_id.clone(),
            from: log.check_in,
            until: plans.of_department(row.department.as_deref()).counts_until(date, log),
        })
        .collect();
    let last_seen = detection::last_seen(&transaction, &stretches).await?;
    let zone = plans.site.zone;
    let ends: Vec<_> = open
        .iter()
        .zip(last_seen)
        .map(|((row, log), seen)| {
            let at = seen.unwrap_or(log.check_in);
            let ended = Log { check_out: Some(at), ..log.clone() };
            CheckOut { id: row.id.clone(), at, time: time_of_day(at, zone), odoo_status: told(row, &ended) }
        })
        .collect();
    let count = attendance_log::check_out(&transaction, &ends).await?;
    transaction.commit().await?;
    Ok(count)
}

fn told(row: &Model, ended: &Log) -> attendance_log::OdooStatus {
    odoo(after_change(sync_status(row.odoo_status), ended, sent(row), Cause::Ended))
}

async fn note_missing(db: &DatabaseConnection, site: &Site, date: NaiveDate) -> Result<u64, DbErr> {
    let (mut missed, mut after, mut plans) = (0, String::new(), Plans::of(site));
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    loop {
        let absent = attendance_log::without_log(db, date, &after, limit).await?;
        let Some(last) = absent.last() else { return Ok(missed) };
        after.clone_from(&last.employee_id);
        let missing: Vec<_> = absent
            .into_iter()
            .filter_map(|person| expecting(plans.of_department(person.department.as_deref()), date, person))
            .collect();
        let transaction = entity::begin(db).await?;
        lock_people(&transaction, missing.iter().map(|(person, _)| person.employee_id.clone()).collect())
            .await?;
        missed += attendance_log::mark_missed(&transaction, date, &missing).await?;
        transaction.commit().await?;
    }
}

/// The person with the first shift that expected them; nobody is expected for a shift that began before they were enrolled.
fn expecting(
    plan: &Plan,
    date: NaiveDate,
    person: face_profile::Model,
) -> Option<(face_profile::Model, String)> {
    let expected = plan.on(date).into_iter().filter(|shift| person.created_at <= shift.start);
    let first = expected.min_by_key(|shift| shift.start)?;
    Some((person, first.shift_id))
}

/// Plans by department: there are few departments and many people.
struct Plans<'a> {
    site: &'a Site,
    known: HashMap<Option<String>, Plan>,
}

impl<'a> Plans<'a> {
    fn of(site: &'a Site) -> Self {
        Self { site, known: HashMap::new() }
    }

    fn of_department(&mut self, department: Option<&str>) -> &Plan {
        let site = self.site;
        self.known.entry(department.map(str::to_owned)).or_insert_with(|| site.plan(department))
    }
}
