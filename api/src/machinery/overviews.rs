//! A day at a glance without counting it at every call: an answer serves while none of the day's logs has changed, which PostgreSQL
//! tells (`docs/adr/0002-count-what-changed.md`), and for a moment only, since nobody tells when somebody was enrolled, a shift was
//! changed, or a person came on site. Whoever finds it out of date makes it anew alone, and the others wait for that.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::NaiveDate;
use chrono_tz::Tz;
use entity::attendance_log_change::{self, Seen};
use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::Mutex as Turn;

use crate::polled::Prepared;

/// How old what is not a log may be.
const LIFE: Duration = Duration::from_secs(2);

/// Days kept; an answer has some kilobytes.
const MAX_DAYS: usize = 64;

/// A day of the site, and whether it is today: then the answer tells who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Day {
    /// Which.
    pub date: NaiveDate,
    /// The site's zone.
    pub zone: Tz,
    /// Whether it is today.
    pub is_today: bool,
}

struct Kept {
    made: Instant,
    /// Read before the day was counted, so that what changes in between is counted again.
    seen: Seen,
    answer: Prepared,
}

type Place = Arc<Turn<Option<Kept>>>;

/// The answers.
#[derive(Default)]
pub struct Overviews(Mutex<HashMap<Day, Place>>);

impl Overviews {
    /// The answer about `day`, made by `count` where none serves.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn get<F>(
        &self,
        db: &impl ConnectionTrait,
        day: Day,
        count: impl FnOnce() -> F,
    ) -> Result<Prepared, DbErr>
    where
        F: Future<Output = Result<Prepared, DbErr>>,
    {
        let place = self.place(day);
        let mut kept = place.lock().await;
        if let Some(kept) = kept.as_mut().filter(|kept| kept.made.elapsed() < LIFE)
            && kept.is_unchanged(db, day.date).await?
        {
            return Ok(kept.answer.clone());
        }
        let (made, seen) = (Instant::now(), attendance_log_change::now(db).await?);
        let answer = count().await?;
        *kept = Some(Kept { made, seen, answer: answer.clone() });
        Ok(answer)
    }

    fn place(&self, day: Day) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !places.contains_key(&day) && places.len() >= MAX_DAYS {
            places.clear();
        }
        Arc::clone(places.entry(day).or_default())
    }
}

impl Kept {
    async fn is_unchanged(&mut self, db: &impl ConnectionTrait, date: NaiveDate) -> Result<bool, DbErr> {
        let changes = attendance_log_change::since(db, &self.seen).await?;
        let is_unchanged = !changes.days.contains(&date);
        if is_unchanged {
            self.seen = changes.seen;
        }
        Ok(is_unchanged)
    }
}
