//! Logs counted in buckets and by day, for whoever asks again and again: after a change only its days are counted again, and the
//! days are added up here. PostgreSQL counts; of people it also tells who they are, since those who are in a bucket on several
//! days count once.
//!
//! A log takes four bytes here and each bucket of a day some fifty more: 10,000 people on 400 days are 16 MB, and up to 20 MB more
//! where they are in a thousand buckets every day.

use std::collections::{BTreeMap, HashMap};

use futures_util::TryStreamExt as _;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, DbBackend, FromQueryResult, QuerySelect, QueryTrait, Statement, StreamTrait};

use super::merged::Merged;
use super::{Bucket, Grouping, Statistics, buckets, shown};
use crate::attendance_log::{Column, Filter};
use crate::camera;

/// What a filter's logs come to on each of their days.
#[derive(Debug)]
pub struct Days {
    grouping: Grouping,
    filter: Filter,
    keys: Numbers,
    people: Numbers,
    days: BTreeMap<Date, Vec<Part>>,
}

/// What is in one bucket on one day.
#[derive(Debug)]
pub(super) struct Part {
    /// Number of the bucket's key; nothing for logs that are in none.
    key: Option<u32>,
    pub present: u32,
    pub late: u32,
    pub missed: u32,
    /// Logs with an accuracy, and the sum of those.
    pub accurate: u32,
    pub accuracy: f64,
    /// The numbers of those whose logs these are, one each.
    pub people: Box<[u32]>,
}

#[derive(FromQueryResult)]
struct Row {
    date: Date,
    key: Option<String>,
    present: i32,
    late: i32,
    missed: i32,
    accurate: i32,
    accuracy: Option<f64>,
    people: Vec<String>,
}

impl Days {
    /// Counts every day.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn count(
        db: &(impl ConnectionTrait + StreamTrait),
        grouping: Grouping,
        filter: &Filter,
    ) -> Result<Self, DbErr> {
        let (keys, people) = (Numbers::default(), Numbers::default());
        let mut days = Self { grouping, filter: filter.clone(), keys, people, days: BTreeMap::new() };
        days.days = days.read(db, None).await?;
        Ok(days)
    }

    /// Counts some days again.
    ///
    /// # Errors
    /// The database is out of reach; nothing has changed then.
    pub async fn recount(
        &mut self,
        db: &(impl ConnectionTrait + StreamTrait),
        days: &[Date],
    ) -> Result<(), DbErr> {
        if days.is_empty() {
            return Ok(());
        }
        let counted = self.read(db, Some(days)).await?;
        for day in days {
            self.days.remove(day);
        }
        self.days.extend(counted);
        Ok(())
    }

    /// Logs on all days.
    #[must_use]
    pub fn logs(&self) -> usize {
        self.days.values().flatten().map(|part| part.people.len()).sum()
    }

    /// All days added up; cameras are called by their present names.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn statistics(&self, db: &impl ConnectionTrait) -> Result<Statistics, DbErr> {
        let (mut all, mut found) = (Merged::default(), Vec::new());
        found.resize_with(self.keys.0.len(), Merged::default);
        for part in self.days.values().flatten() {
            all.add(part);
            if let Some(bucket) = part.key.and_then(|key| found.get_mut(key as usize)) {
                bucket.add(part);
            }
        }
        let names = self.names(db).await?;
        let bucket = |(key, number): (&String, &u32)| {
            let counts = found.get(*number as usize)?.counts();
            let label = shown::label(self.grouping, key, names.get(key).cloned());
            (counts.total > 0).then(|| Bucket { key: key.clone(), label, counts })
        };
        let mut buckets: Vec<_> = self.keys.0.iter().filter_map(bucket).collect();
        buckets.sort_by(|a, b| a.key.cmp(&b.key));
        let buckets = shown::with_empty(self.grouping, &self.filter, buckets);
        Ok(Statistics { buckets, totals: all.counts() })
    }

    /// What the buckets are called, where that stands in the database.
    async fn names(&self, db: &impl ConnectionTrait) -> Result<HashMap<String, String>, DbErr> {
        if self.grouping != Grouping::Camera {
            return Ok(HashMap::new());
        }
        let cameras = camera::Entity::find().filter(camera::Column::Id.eq_any(self.keys.0.keys().cloned()));
        let names = cameras.select_only().column(camera::Column::Id).column(camera::Column::Name);
        Ok(names.into_tuple::<(String, String)>().all(db).await?.into_iter().collect())
    }

    async fn read(
        &mut self,
        db: &(impl ConnectionTrait + StreamTrait),
        days: Option<&[Date]>,
    ) -> Result<BTreeMap<Date, Vec<Part>>, DbErr> {
        let mut counted = BTreeMap::<_, Vec<_>>::new();
        // One bucket of a day after the other: a year of everybody's names is never held at once.
        let mut rows = Row::find_by_statement(self.statement(days)).stream(db).await?;
        while let Some(row) = rows.try_next().await? {
            counted.entry(row.date).or_default().push(self.part(row));
        }
        Ok(counted)
    }

    fn part(&mut self, row: Row) -> Part {
        Part {
            key: row.key.map(|key| self.keys.of(key)),
            present: row.present.unsigned_abs(),
            late: row.late.unsigned_abs(),
            missed: row.missed.unsigned_abs(),
            accurate: row.accurate.unsigned_abs(),
            accuracy: row.accuracy.unwrap_or_default(),
            people: row.people.into_iter().map(|person| self.people.of(person)).collect(),
        }
    }

    fn statement(&self, days: Option<&[Date]>) -> Statement {
        let on_days = Condition::all().add_option(days.map(|days| Column::Date.eq_any(days.to_vec())));
        let logs = buckets::logs(self.grouping, &self.filter).filter(on_days).column(Column::Date);
        let Statement { sql: logs, values, db_backend } = DbBackend::Postgres.build(&logs.into_query());
        let key = self.grouping.text_of_key();
        let sql = format!(
            "SELECT date, {key} AS key, count(*) FILTER (WHERE status = 'present')::integer AS present,
                    count(*) FILTER (WHERE status = 'late')::integer AS late,
                    count(*) FILTER (WHERE status = 'missed')::integer AS missed,
                    count(accuracy)::integer AS accurate, sum(accuracy) AS accuracy, array_agg(employee_id) AS people
             FROM ({logs}) AS logs GROUP BY date, logs.key"
        );
        Statement { sql, values, db_backend }
    }
}

/// Texts, by the numbers that stand for them.
#[derive(Debug, Default)]
struct Numbers(HashMap<String, u32>);

impl Numbers {
    fn of(&mut self, text: String) -> u32 {
        // As many as there are numbers have no room in memory.
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(text).or_insert(next)
    }
}
