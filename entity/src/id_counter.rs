//! The last number given out per scope, for ids that people read (`CAM-NN`, `ATT-YYYYMMDD-NNN`). A number is used up when it is
//! given out, whatever becomes of the row, so none is ever used twice.

use sea_orm::entity::prelude::*;
use sea_orm::raw_sql;
use serde::Serialize;

/// One sequence of numbers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "id_counters")]
pub struct Model {
    /// What is numbered: `CAM`, or `ATT-YYYYMMDD`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// Last number given out.
    pub last: i64,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// Takes the next `count` numbers of `scope` and answers the last of them. Locks as [`next`] does.
///
/// # Errors
/// The database is out of reach.
pub async fn take(db: &impl ConnectionTrait, scope: &str, count: i64) -> Result<i64, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"INSERT INTO id_counters (scope, last) VALUES ({scope}, {count})
           ON CONFLICT (scope) DO UPDATE SET last = id_counters.last + {count}
           RETURNING *"#
    );
    let counter = Entity::find().from_raw_sql(statement).one(db).await?;
    counter.map(|counter| counter.last).ok_or(DbErr::RecordNotInserted)
}

/// Takes the next number of `scope`, from 1.
///
/// The counter's row stays locked until the caller's transaction ends, so that everybody else who numbers in this scope waits:
/// pass the pool, or number late in a short transaction. A number whose row is then not inserted is a gap, which does no harm.
///
/// # Errors
/// The database is out of reach.
pub async fn next(db: &impl ConnectionTrait, scope: &str) -> Result<i64, DbErr> {
    take(db, scope, 1).await
}
