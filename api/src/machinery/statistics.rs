//! Statistics of attendance without counting them at every call. An answer is kept until PostgreSQL tells that one of its days has
//! changed since it was counted, so it is as new as one counted afresh, whoever wrote: `docs/adr/0002-count-what-changed.md`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::NaiveDate;
use entity::{
    attendance_log::Filter,
    attendance_log_change::{self, Changes, Seen},
    attendance_statistics::{self, Grouping, Statistics as Counted},
};
use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::Mutex as Turn;

use crate::polled::Prepared;

/// Answers kept; one of a year has about 50 kB.
const MAX_ANSWERS: usize = 128;

/// When an answer is made anew whatever is known of it: names of cameras change unnoticed, and a database put back from a dump
/// numbers its transactions differently.
const LIFE: Duration = Duration::from_secs(60);

type Asked = (Grouping, Filter);

/// One answer; whoever finds it out of date makes it anew alone, and the others wait for that.
type Place = Arc<Turn<Option<Kept>>>;

struct Kept {
    made: Instant,
    /// Read before the counts, so that what changes in between is told of again.
    seen: Seen,
    answer: Prepared,
}

/// The answers.
#[derive(Default)]
pub struct Statistics(Mutex<HashMap<Asked, Place>>);

impl Statistics {
    /// The answer about the logs of `filter`, made by `show` from their counts.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn get(
        &self,
        db: &impl ConnectionTrait,
        grouping: Grouping,
        filter: Filter,
        show: impl FnOnce(Counted) -> Prepared,
    ) -> Result<Prepared, DbErr> {
        let place = self.place((grouping, filter.clone()));
        let mut kept = place.lock().await;
        if let Some(kept) = kept.as_mut().filter(|kept| kept.made.elapsed() < LIFE) {
            let changes = attendance_log_change::since(db, &kept.seen).await?;
            if !changes.days.iter().any(|day| counts(&filter, *day)) {
                return Ok(kept.brought_up_to(changes));
            }
        }
        let (made, seen) = (Instant::now(), attendance_log_change::now(db).await?);
        let answer = show(attendance_statistics::statistics(db, grouping, &filter).await?);
        Ok(kept.insert(Kept { made, seen, answer }).answer.clone())
    }

    fn place(&self, asked: Asked) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(&asked) {
            return Arc::clone(place);
        }
        if places.len() >= MAX_ANSWERS {
            places.clear();
        }
        Arc::clone(places.entry(asked).or_default())
    }
}

impl Kept {
    fn brought_up_to(&mut self, changes: Changes) -> Prepared {
        self.seen = changes.seen;
        self.answer.clone()
    }
}

/// Whether logs of `day` are among those that `filter` shows.
fn counts(filter: &Filter, day: NaiveDate) -> bool {
    filter.date_from.is_none_or(|first| first <= day) && filter.date_to.is_none_or(|last| day <= last)
}
