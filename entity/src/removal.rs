//! How old rows go: in batches, oldest first. Each function that removes some names its rows in one statement of the same shape,
//! for three reasons, of which the first two were measured (`docs/performance.md`, "Clean-up").
//!
//! - Rows are found by the index of their age and removed by their place (`ctid`): by key, the planner reads the whole table for
//!   every batch of it.
//! - A batch begins where the one before it ended: until a vacuum, the index still leads to all rows that are gone.
//! - What makes a row old stands twice, since a row that somebody changes meanwhile is asked once more.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, Statement};

/// Which rows a batch takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Time of the oldest.
    pub from: DateTimeUtc,
    /// All are older than this.
    pub before: DateTimeUtc,
    /// Most that are taken.
    pub limit: i64,
}

impl Batch {
    /// The first of the batches that remove everything from before a time.
    #[must_use]
    pub fn first(before: DateTimeUtc, limit: i64) -> Self {
        Self { from: DateTimeUtc::UNIX_EPOCH, before, limit }
    }

    /// The one after this one, which has removed these; nothing where no more rows can be left.
    #[must_use]
    pub fn next(self, removed: Removed) -> Option<Self> {
        let from = removed.newest.filter(|_| removed.rows >= self.limit)?;
        Some(Self { from, ..self })
    }
}

/// What a batch has removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Removed {
    /// How many rows.
    pub rows: i64,
    /// Time of the youngest; nothing where there were none.
    pub newest: Option<DateTimeUtc>,
}

/// Runs a statement that answers with both.
pub(crate) async fn removed(db: &impl ConnectionTrait, statement: Statement) -> Result<Removed, DbErr> {
    let answer = Removed::find_by_statement(statement).one(db).await?;
    answer.ok_or_else(|| DbErr::RecordNotFound("the sum of a removal".to_owned()))
}
