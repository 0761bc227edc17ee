//! Statistics of attendance without counting them at every call. For each answer it is remembered what its days come to, and PostgreSQL
//! tells which of them have changed since: only those are counted again, so that an answer is as new as one counted afresh, whoever
//! wrote, and quick while people check in: `docs/adr/0002-count-what-changed.md`.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::NaiveDate;
use entity::{
    attendance_log::Filter,
    attendance_log_change::{self, Seen},
    attendance_statistics::{Days, Grouping, Statistics as Counted},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};
use tokio::sync::Mutex as Turn;

use crate::polled::Prepared;

/// Answers kept; one of a year has about 50 kB beside its days.
const MAX_ANSWERS: usize = 128;

/// Logs in the days of all answers together, four bytes each: two years of 10,000 people, or 90 days of them by everything
/// there is. Where a site has more, only the answer is kept that was asked for last.
const MAX_LOGS: usize = 8_000_000;

/// When an answer is made anew from its days, since names of cameras change unnoticed.
const LIFE: Duration = Duration::from_secs(60);

/// When days are counted anew whatever is known of them: a database put back from a dump numbers its transactions differently.
const LIFE_OF_DAYS: Duration = Duration::from_secs(600);

type Asked = (Grouping, Filter);

/// One answer; whoever finds it out of date makes it anew alone, and the others wait for that.
#[derive(Default)]
struct Place {
    kept: Turn<Option<Kept>>,
    /// How many logs its days have.
    logs: AtomicUsize,
}

struct Kept {
    counted: Instant,
    /// The state of the database in which the days were counted.
    seen: Seen,
    days: Days,
    /// What is answered, and since when; nothing where the days may be others by now.
    answer: Option<(Instant, Prepared)>,
}

/// The answers.
#[derive(Default)]
pub struct Statistics(Mutex<HashMap<Asked, Arc<Place>>>);

impl Statistics {
    /// The answer about the logs of `filter`, made by `show` from their counts.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn get(
        &self,
        db: &DatabaseConnection,
        grouping: Grouping,
        filter: Filter,
        show: impl FnOnce(Counted) -> Prepared,
    ) -> Result<Prepared, DbErr> {
        let asked = (grouping, filter);
        let place = self.place(&asked);
        let mut kept = place.kept.lock().await;
        if let Some(kept) = kept.as_mut()
            && let Some(answer) = kept.unchanged(db, &asked.1).await?
        {
            return Ok(answer);
        }
        // One state of the database, so that a log which moves from one day to another is counted on one of them.
        let moment = entity::begin_snapshot(db).await?;
        let counted = match &mut *kept {
            Some(kept) if kept.counted.elapsed() < LIFE_OF_DAYS => {
                kept.bring_up_to_date(&moment, &asked.1).await?;
                kept
            }
            outdated => outdated.insert(Kept::new(&moment, &asked).await?),
        };
        let (made, answer) = (Instant::now(), show(counted.days.statistics(&moment).await?));
        counted.answer = Some((made, answer.clone()));
        place.logs.store(counted.days.logs(), Ordering::Relaxed);
        self.make_room(&asked);
        moment.commit().await?;
        Ok(answer)
    }

    fn place(&self, asked: &Asked) -> Arc<Place> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(asked) {
            return Arc::clone(place);
        }
        if places.len() >= MAX_ANSWERS {
            places.clear();
        }
        Arc::clone(places.entry(asked.clone()).or_default())
    }

    /// Forgets all answers but this one where they have become too large.
    fn make_room(&self, asked: &Asked) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let logs: usize = places.values().map(|place| place.logs.load(Ordering::Relaxed)).sum();
        if logs > MAX_LOGS {
            places.retain(|other, _| other == asked);
        }
    }
}

impl Kept {
    async fn new(moment: &DatabaseTransaction, (grouping, filter): &Asked) -> Result<Self, DbErr> {
        let (counted, seen) = (Instant::now(), attendance_log_change::now(moment).await?);
        let days = Days::count(moment, *grouping, filter).await?;
        Ok(Self { counted, seen, days, answer: None })
    }

    /// The answer, where none of its days has changed and it is not too old.
    async fn unchanged(
        &mut self,
        db: &impl ConnectionTrait,
        filter: &Filter,
    ) -> Result<Option<Prepared>, DbErr> {
        let is_young = |made: &Instant| made.elapsed() < LIFE && self.counted.elapsed() < LIFE_OF_DAYS;
        let Some((_, answer)) = self.answer.as_ref().filter(|(made, _)| is_young(made)) else {
            return Ok(None);
        };
        let changes = attendance_log_change::since(db, &self.seen).await?;
        if changes.days.iter().any(|day| counts(filter, *day)) {
            return Ok(None);
        }
        self.seen = changes.seen;
        Ok(Some(answer.clone()))
    }

    /// Counts the days again that have changed.
    async fn bring_up_to_date(&mut self, moment: &DatabaseTransaction, filter: &Filter) -> Result<(), DbErr> {
        let mut changes = attendance_log_change::since(moment, &self.seen).await?;
        changes.days.retain(|day| counts(filter, *day));
        self.answer = None;
        self.days.recount(moment, &changes.days).await?;
        self.seen = changes.seen;
        Ok(())
    }
}

/// Whether logs of `day` are among those that `filter` shows.
fn counts(filter: &Filter, day: NaiveDate) -> bool {
    filter.date_from.is_none_or(|first| first <= day) && filter.date_to.is_none_or(|last| day <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groupings that are kept after answers with so many logs were made one after the other.
    fn kept(made: &[(Grouping, usize)]) -> Vec<Grouping> {
        let statistics = Statistics::default();
        for (grouping, logs) in made {
            let asked = (*grouping, Filter::default());
            statistics.place(&asked).logs.store(*logs, Ordering::Relaxed);
            statistics.make_room(&asked);
        }
        let places = statistics.0.lock().unwrap_or_else(PoisonError::into_inner);
        let order = |grouping: &Grouping| made.iter().position(|(made, _)| made == grouping);
        let mut kept: Vec<_> = places.keys().map(|(grouping, _)| *grouping).collect();
        kept.sort_by_key(order);
        kept
    }

    #[test]
    fn all_answers_are_kept_while_there_is_room_and_only_the_last_where_there_is_none() {
        use Grouping::{Camera, Day, Hour};
        assert_eq!(kept(&[(Day, MAX_LOGS / 2), (Hour, MAX_LOGS / 2)]), [Day, Hour]);
        assert_eq!(kept(&[(Day, MAX_LOGS / 2), (Hour, MAX_LOGS / 2), (Camera, 1)]), [Camera]);
        assert_eq!(kept(&[(Day, 1), (Hour, MAX_LOGS + 1)]), [Hour]);
    }
}
