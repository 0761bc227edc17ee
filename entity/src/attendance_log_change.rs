//! Which transaction last changed the logs of a day, in what lists are filtered or ordered by. Triggers of the database write it;
//! here it is read: what has changed since somebody looked. `docs/adr/0002-count-what-changed.md` tells why that is never wrong.

use std::sync::Arc;

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use serde::Serialize;

/// One day of attendance, and a transaction that changed it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "attendance_log_changes")]
pub struct Model {
    /// Number of the transaction, an `xid8`.
    #[sea_orm(primary_key, auto_increment = false, select_as = "text")]
    pub changed_by: String,
    /// Day of the site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// Which transactions somebody has seen who looked at the logs: a snapshot of PostgreSQL, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen(pub(crate) Arc<str>);

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// To ask with next time.
    pub seen: Seen,
    /// The days whose logs are others, in no order.
    pub days: Vec<Date>,
}

#[derive(FromQueryResult)]
struct Row {
    seen: String,
    days: Vec<Date>,
}

impl From<Row> for Changes {
    fn from(row: Row) -> Self {
        Self { seen: Seen(row.seen.into()), days: row.days }
    }
}

/// What is committed now. What the caller reads afterwards is at least as new, so a change in between is reported once more and
/// never missed.
///
/// # Errors
/// The database is out of reach.
pub async fn now(db: &impl ConnectionTrait) -> Result<Seen, DbErr> {
    let statement =
        raw_sql!(Postgres, r#"SELECT pg_current_snapshot()::text AS seen, ARRAY[]::date[] AS days"#);
    one(db, statement).await.map(|changes| changes.seen)
}

/// What was committed since `seen`.
///
/// # Errors
/// The database is out of reach.
pub async fn since(db: &impl ConnectionTrait, seen: &Seen) -> Result<Changes, DbErr> {
    let seen = &*seen.0;
    let statement = raw_sql!(
        Postgres,
        r#"SELECT pg_current_snapshot()::text AS seen, ARRAY(
               SELECT DISTINCT date FROM attendance_log_changes
               WHERE changed_by >= pg_snapshot_xmin({seen}::text::pg_snapshot)
                 AND NOT pg_visible_in_snapshot(changed_by, {seen}::text::pg_snapshot)) AS days"#
    );
    one(db, statement).await
}

async fn one(db: &impl ConnectionTrait, statement: sea_orm::Statement) -> Result<Changes, DbErr> {
    let row = Row::find_by_statement(statement).one(db).await?;
    row.map(Changes::from).ok_or_else(|| DbErr::RecordNotFound("a snapshot of the database".to_owned()))
}
