//! A day anew from its detections, which are the truth: after the rules were changed, or after a fault. What people entered stays.

use std::{collections::HashMap, ops::Range};

use attendance::{Log, day};
use chrono::{DateTime, Days as Span, NaiveDate, TimeDelta, Utc};
use entity::{
    attendance_log::{self, Model, attending, lock_people},
    detection,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};

use crate::{days::Days, evidence::Seen, person::Person, save::put_right, site::Site};

/// People whose days are held and read at once.
const BATCH: usize = 50;

/// Why a day is not recomputed.
#[derive(Debug, thiserror::Error)]
pub enum RecomputeError {
    /// The database is out of reach.
    #[error("database")]
    Database(#[from] DbErr),
    /// It has not begun.
    #[error("{0} has not begun")]
    NotBegun(NaiveDate),
    /// Its detections were dropped: it would come out empty.
    #[error("the detections of {0} are not kept any more")]
    NotKept(NaiveDate),
}

/// One log that came out differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Whose.
    pub employee_id: String,
    /// The day: the one asked for, or one after it, where that follows.
    pub date: NaiveDate,
    /// As it was.
    pub before: Option<Log>,
    /// As it is; nothing where the person does not have one any more.
    pub after: Option<Log>,
}

/// What a recomputation came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    /// People who were looked at.
    pub people: usize,
    /// What came out differently.
    pub changed: Vec<Changed>,
}

/// Whether a day can be recomputed.
///
/// # Errors
/// Why not.
pub async fn can_recompute(
    db: &impl ConnectionTrait,
    site: &Site,
    date: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), RecomputeError> {
    has_place_for_detections(db, site, date, now).await.map(drop)
}

/// Whether anybody can have been seen on a day. A day without any place for detections was never needed where it is young enough
/// for its detections to be kept; an older one was dropped.
async fn has_place_for_detections(
    db: &impl ConnectionTrait,
    site: &Site,
    date: NaiveDate,
    now: DateTime<Utc>,
) -> Result<bool, RecomputeError> {
    if date > site.local_day(now) {
        return Err(RecomputeError::NotBegun(date));
    }
    let first = day::start(date, site.zone).date_naive();
    let last = (day::end(date, site.zone) - TimeDelta::microseconds(1)).date_naive().min(now.date_naive());
    let without = detection::days_without(db, first, last).await?;
    let first_kept = now.date_naive() - Span::new(site.detections_days.into());
    if without.iter().any(|day| *day < first_kept) {
        return Err(RecomputeError::NotKept(date));
    }
    Ok(first.iter_days().take_while(|day| *day <= last).any(|day| !without.contains(&day)))
}

/// Recomputes the day of everybody, or of one person. Batches commit one by one, so an interrupted run is simply made again.
///
/// # Errors
/// See [`RecomputeError`].
pub async fn recompute(
    db: &DatabaseConnection,
    site: &Site,
    date: NaiveDate,
    employee_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Recomputed, RecomputeError> {
    if !has_place_for_detections(db, site, date, now).await? {
        return Ok(Recomputed::default());
    }
    let people = match employee_id {
        Some(one) => vec![one.to_owned()],
        None => {
            let until = day::end(date + Span::new(1), site.zone);
            attending(db, date, day::start(date, site.zone), until).await?
        }
    };
    let mut done = Recomputed { people: people.len(), changed: Vec::new() };
    for batch in people.chunks(BATCH) {
        let transaction = entity::begin(db).await?;
        let anew = Anew { transaction: &transaction, site, now };
        done.changed.extend(anew.of_people(batch, date).await?);
        transaction.commit().await?;
    }
    Ok(done)
}

/// The recomputation of some people, who are held until its transaction ends.
struct Anew<'a> {
    transaction: &'a DatabaseTransaction,
    site: &'a Site,
    now: DateTime<Utc>,
}

impl Anew<'_> {
    async fn of_people(&self, people: &[String], date: NaiveDate) -> Result<Vec<Changed>, DbErr> {
        lock_people(self.transaction, people.to_vec()).await?;
        let mut profiles = Person::with_profiles(self.transaction, people).await?;
        let rows =
            attendance_log::find_of_people(self.transaction, people, date - Span::new(1), date).await?;
        let mut rows = grouped(rows, |row| row.employee_id.clone());
        let Range { start, end } = self.window(date);
        let seen = detection::sightings_of(self.transaction, people, start, end).await?;
        let mut seen = grouped(seen, |row| row.person_id.clone());
        let mut changed = Vec::new();
        for id in people {
            let rows = rows.remove(id).unwrap_or_default();
            let seen = Seen::of(seen.remove(id).unwrap_or_default());
            let profile = profiles.remove(id).unwrap_or_else(|| Person::unnamed(id));
            if let Some(first) = self.of_person(&profile, date, rows, &seen).await? {
                changed.push(first);
                changed.extend(self.following(&profile, date).await?);
            }
        }
        Ok(changed)
    }

    /// A person's day, from its rows and those of the day before. Where nobody saw the person at all, nothing speaks against a log
    /// that there is: it came from elsewhere.
    async fn of_person(
        &self,
        profile: &Person,
        date: NaiveDate,
        rows: Vec<Model>,
        seen: &Seen,
    ) -> Result<Option<Changed>, DbErr> {
        if seen.sightings.is_empty() {
            return Ok(None);
        }
        let person = as_of(date, &rows, profile);
        let days = Days::of(self.site, &person, rows);
        let after = days.recompute(date, date, seen, self.now).remove(&date).flatten();
        let changed = put_right(self.transaction, &days, date, after.as_ref(), seen, self.now).await?;
        Ok(changed.then(|| Changed { employee_id: profile.id.clone(), date, before: days.log(date), after }))
    }

    /// The days after one that changed, for as long as they change too: sightings may have gone over from each to the next. So days
    /// that are recomputed at once, or backwards, come out as in their order.
    async fn following(&self, profile: &Person, changed: NaiveDate) -> Result<Vec<Changed>, DbErr> {
        let (mut before, mut all) = (changed, Vec::new());
        loop {
            let date = before + Span::new(1);
            let Range { start, end } = self.window(date);
            let seen = Seen::load(self.transaction, &profile.id, start, end).await?;
            let rows = attendance_log::find_of_days(self.transaction, &profile.id, [before, date]).await?;
            match self.of_person(profile, date, rows, &seen).await? {
                Some(changed) => all.push(changed),
                None => return Ok(all),
            }
            before = date;
        }
    }

    /// The captures that may count for a day: its own, and those of the day after, where night shifts end.
    fn window(&self, date: NaiveDate) -> Range<DateTime<Utc>> {
        day::start(date, self.site.zone)..day::end(date + Span::new(1), self.site.zone)
    }
}

/// The person as on that day, who may have changed departments since.
fn as_of(date: NaiveDate, rows: &[Model], person: &Person) -> Person {
    match rows.iter().find(|row| row.date == date) {
        Some(row) => Person { name: row.name.clone(), department: row.department.clone(), ..person.clone() },
        None => person.clone(),
    }
}

fn grouped<T>(rows: Vec<T>, key: impl Fn(&T) -> String) -> HashMap<String, Vec<T>> {
    let mut groups: HashMap<_, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
