//! What a report is made of: records, and the one line in which they end.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QueryResult, SelectModel, SelectorRaw};

use super::Sums;

/// A line of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Line<R> {
    /// One record.
    Record(R),
    /// All records together; the last line, and the only one of an empty report.
    Summary(Sums),
}

/// The statement of a report, to be read whole (`all`) or line by line (`stream`).
pub type Lines<R> = SelectorRaw<SelectModel<Line<R>>>;

impl<R: FromQueryResult> FromQueryResult for Line<R> {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        match row.try_get(prefix, "is_summary")? {
            true => Sums::from_query_result(row, prefix).map(Self::Summary),
            false => R::from_query_result(row, prefix).map(Self::Record),
        }
    }
}

/// A whole report.
#[derive(Clone, Debug, PartialEq)]
pub struct Report<R> {
    /// The records, in order.
    pub records: Vec<R>,
    /// All of them together.
    pub summary: Sums,
}

impl<R: FromQueryResult + Send + Sync> Report<R> {
    /// Reads all lines.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn read(db: &impl ConnectionTrait, lines: Lines<R>) -> Result<Self, DbErr> {
        let mut report = Self { records: Vec::new(), summary: Sums::default() };
        for line in lines.all(db).await? {
            match line {
                Line::Record(record) => report.records.push(record),
                Line::Summary(summary) => report.summary = summary,
            }
        }
        Ok(report)
    }
}
