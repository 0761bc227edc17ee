//! What the sync with Odoo reads and writes: logs that wait for it, oldest day first; what is about to be sent, noted before it is;
//! and what came of it.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{Condition, FromQueryResult, QueryOrder, QuerySelect, raw_sql};
use serde::Serialize;

use super::{Column, Entity, Model, OdooStatus, Status};

/// Where a batch ends; the next one begins behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Day.
    pub date: Date,
    /// Id.
    pub id: String,
}

impl From<&Model> for Place {
    fn from(row: &Model) -> Self {
        Self { date: row.date, id: row.id.clone() }
    }
}

/// What the sync takes up by itself; word for word the condition of the index that serves it.
const WAITS: &str =
    "odoo_status IN ('pending', 'failed') OR (odoo_status = 'skipped' AND odoo_sent IS NOT NULL)";

/// Logs that the sync `job` has not dealt with yet, behind `after`, oldest day first: the `named` ones, or all that wait. A log
/// waits that is pending or failed, and one that counts as missed now although Odoo may have a record of it.
///
/// # Errors
/// The database is out of reach.
pub async fn waiting(
    db: &impl ConnectionTrait,
    job: Uuid,
    named: Option<&[String]>,
    after: Option<&Place>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let behind = after.map(|place| {
        Expr::tuple([Expr::col(Column::Date), Expr::col(Column::Id)])
            .gt(Expr::tuple([Expr::val(place.date), Expr::val(place.id.as_str())]))
    });
    let dealt_with = Expr::cust_with_values(
        "NOT EXISTS (SELECT FROM odoo_sync_logs AS done WHERE done.job_id = $1 AND done.attendance_log_id = attendance_logs.id)",
        [job],
    );
    let waiting =
        Entity::find().filter(wanted(named)).filter(Condition::all().add_option(behind)).filter(dealt_with);
    waiting.order_by_asc(Column::Date).order_by_asc(Column::Id).limit(limit).all(db).await
}

/// Those that people name are sent even where nothing has changed; a missed day with nothing in Odoo never is.
fn wanted(named: Option<&[String]>) -> Condition {
    match named {
        None => Condition::all().add(Expr::cust(WAITS)),
        Some(ids) => Condition::all()
            .add(Column::Id.is_in(ids))
            .add(Condition::any().add(Column::OdooStatus.eq(OdooStatus::Synced)).add(Expr::cust(WAITS))),
    }
}

/// What is about to be sent of a log, to be noted before it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Intent {
    /// The log.
    pub id: String,
    /// `odoo_sent` as it was read: where it is another one now, another run has dealt with the log since.
    pub before: Option<Json>,
    /// `odoo_sent` as it is to be.
    pub sent: Option<Json>,
    /// Its record in Odoo, where that is known.
    pub record: Option<i64>,
}

/// Notes what is about to be sent, and answers the logs of which it is noted. A log that was deleted, or that another run has
/// dealt with since it was read, is none of them.
///
/// # Errors
/// The database is out of reach.
pub async fn intend(db: &impl ConnectionTrait, intents: &[Intent]) -> Result<Vec<String>, DbErr> {
    let rows = json(intents)?;
    let statement = raw_sql!(
        Postgres,
        r#"WITH given AS (SELECT * FROM jsonb_to_recordset({rows}::jsonb) AS r(id text, before jsonb, sent jsonb, record bigint)),
                held AS (SELECT id FROM attendance_logs WHERE id IN (SELECT id FROM given)
                         ORDER BY employee_id, date FOR UPDATE)
           UPDATE attendance_logs AS log SET odoo_sent = given.sent, odoo_attendance_id = given.record
           FROM given JOIN held USING (id) WHERE log.id = given.id AND log.odoo_sent IS NOT DISTINCT FROM given.before
           RETURNING log.id"#
    );
    let rows = Id::find_by_statement(statement).all(db).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// What came of one log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settled {
    /// The log.
    pub id: String,
    /// As it was when it was sent: one that has changed since is sent again.
    pub check_in: Option<DateTimeUtc>,
    /// Likewise.
    pub check_out: Option<DateTimeUtc>,
    /// Likewise.
    pub status: Status,
    /// `odoo_sent` as it was noted: where it is another one now, another run has dealt with the log since.
    pub before: Option<Json>,
    /// Where it stands now.
    pub outcome: OdooStatus,
    /// `odoo_sent` from now on.
    pub sent: Option<Json>,
    /// Its record in Odoo.
    pub record: Option<i64>,
    /// Why it failed.
    pub message: Option<String>,
}

/// A log for which something was to be stored.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Held {
    /// The log.
    pub id: String,
    /// Whether it was stored; if not, another run has dealt with the log since.
    pub stored: bool,
}

/// Stores what came of logs, and answers those that are still there. A log that somebody changed meanwhile waits for the next
/// sync.
///
/// # Errors
/// The database is out of reach.
pub async fn settle(
    db: &impl ConnectionTrait,
    settled: &[Settled],
    now: DateTimeUtc,
) -> Result<Vec<Held>, DbErr> {
    let rows = json(settled)?;
    let statement = raw_sql!(
        Postgres,
        r#"WITH given AS (SELECT * FROM jsonb_to_recordset({rows}::jsonb) AS r(id text, check_in timestamptz,
                              check_out timestamptz, status text, before jsonb, outcome text, sent jsonb, record bigint, message text)),
                held AS (SELECT id FROM attendance_logs WHERE id IN (SELECT id FROM given)
                         ORDER BY employee_id, date FOR UPDATE),
                stored AS (
           UPDATE attendance_logs AS log
           SET odoo_sent = given.sent, odoo_attendance_id = given.record, odoo_error_message = given.message,
               odoo_sync_time = CASE given.outcome WHEN 'failed' THEN log.odoo_sync_time ELSE {now} END,
               odoo_attempts = CASE given.outcome WHEN 'failed' THEN log.odoo_attempts + 1 ELSE 0 END,
               odoo_status = CASE
                   WHEN log.check_in_at IS NOT DISTINCT FROM given.check_in
                        AND log.check_out_at IS NOT DISTINCT FROM given.check_out
                        AND log.status = given.status THEN given.outcome
                   WHEN log.status = 'missed' THEN 'skipped' ELSE 'pending' END
           FROM given JOIN held USING (id) WHERE log.id = given.id AND log.odoo_sent IS NOT DISTINCT FROM given.before
           RETURNING log.id)
           SELECT held.id, stored.id IS NOT NULL AS stored FROM held LEFT JOIN stored USING (id)"#
    );
    Held::find_by_statement(statement).all(db).await
}

/// Logs of these people that stand open in Odoo, oldest day first.
///
/// # Errors
/// The database is out of reach.
pub async fn open_in_odoo(db: &impl ConnectionTrait, employee_ids: Vec<String>) -> Result<Vec<Model>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT * FROM attendance_logs
           WHERE employee_id = ANY({employee_ids}::text[]) AND odoo_attendance_id IS NOT NULL
             AND odoo_sent ->> 'checkOut' IS NULL
           ORDER BY date, id"#
    );
    Entity::find().from_raw_sql(statement).all(db).await
}

/// Whether a log of this person knows a record of Odoo as its own.
///
/// # Errors
/// The database is out of reach.
pub async fn has_record(db: &impl ConnectionTrait, employee_id: &str, record: i64) -> Result<bool, DbErr> {
    let of_person = Entity::find().filter(Column::EmployeeId.eq(employee_id));
    Ok(of_person.filter(Column::OdooAttendanceId.eq(record)).count(db).await? > 0)
}

/// How many logs wait for Odoo, and how many it refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Waiting {
    /// Pending.
    pub pending: i64,
    /// Failed.
    pub failed: i64,
    /// Missed now, with a record in Odoo that is to go.
    pub leaving: i64,
}

/// Counts the logs that wait for Odoo.
///
/// # Errors
/// The database is out of reach.
pub async fn count_waiting(db: &impl ConnectionTrait) -> Result<Waiting, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT count(*) FILTER (WHERE odoo_status = 'pending') AS pending,
                  count(*) FILTER (WHERE odoo_status = 'failed') AS failed,
                  count(*) FILTER (WHERE odoo_status = 'skipped') AS leaving
           FROM attendance_logs
           WHERE odoo_status IN ('pending', 'failed') OR (odoo_status = 'skipped' AND odoo_sent IS NOT NULL)"#
    );
    Waiting::find_by_statement(statement).one(db).await.map(Option::unwrap_or_default)
}

/// Those of these logs that are there, and where they stand with Odoo.
///
/// # Errors
/// The database is out of reach.
pub async fn standing_of(
    db: &impl ConnectionTrait,
    ids: &[String],
) -> Result<Vec<(String, OdooStatus)>, DbErr> {
    let found = Entity::find().select_only().columns([Column::Id, Column::OdooStatus]);
    found.filter(Column::Id.is_in(ids)).into_tuple().all(db).await
}

/// Who has logs that wait, and how many of them each would make, change and remove.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct WaitingPerson {
    /// Person.
    pub employee_id: String,
    /// Logs that Odoo does not know.
    pub new: i64,
    /// Logs that it knows.
    pub known: i64,
    /// Logs missed now, whose record is to go.
    pub leaving: i64,
}

/// The people whose logs wait: the `named` logs, or all.
///
/// # Errors
/// The database is out of reach.
pub async fn waiting_people(
    db: &impl ConnectionTrait,
    named: Option<&[String]>,
) -> Result<Vec<WaitingPerson>, DbErr> {
    let (is_named, named) = (named.is_some(), named.unwrap_or_default().to_vec());
    let statement = raw_sql!(
        Postgres,
        r#"SELECT employee_id, count(*) FILTER (WHERE odoo_status <> 'skipped' AND odoo_attendance_id IS NULL) AS new,
                  count(*) FILTER (WHERE odoo_status <> 'skipped' AND odoo_attendance_id IS NOT NULL) AS known,
                  count(*) FILTER (WHERE odoo_status = 'skipped') AS leaving
           FROM attendance_logs
           WHERE (odoo_status IN ('pending', 'failed') OR (odoo_status = 'skipped' AND odoo_sent IS NOT NULL)) AND (NOT {is_named} OR id = ANY({named}::text[]))
           GROUP BY employee_id ORDER BY employee_id"#
    );
    WaitingPerson::find_by_statement(statement).all(db).await
}

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

fn json<T: Serialize>(rows: &[T]) -> Result<Json, DbErr> {
    serde_json::to_value(rows).map_err(|error| DbErr::Json(error.to_string()))
}
