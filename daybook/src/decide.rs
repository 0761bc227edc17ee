//! What a day comes to when people have their way: entered times stand, the others follow from what cameras saw. A log that its
//! detections do not explain (they were dropped, or it came from elsewhere, or the rules have changed since) keeps whatever is
//! not edited.

use std::collections::BTreeMap;

use attendance::{
    Entry, Log, Status,
    edit::{End, Neighbours, Problem, problems},
    shift, status,
};
use chrono::{DateTime, Days as Span, NaiveDate, Utc};
use entity::detection;
use sea_orm::DatabaseTransaction;

use crate::{
    days::Days,
    edit::{Edits, EntryError, Field},
};

/// What a day is to be.
pub(crate) struct Decided {
    /// What is entered about it.
    pub entry: Entry,
    /// Its log; none where the person was not there.
    pub log: Option<Log>,
    /// The detection behind its check-in.
    pub seen: Option<detection::Sighting>,
}

/// Judges a day with `edits`.
pub(crate) async fn decide(
    transaction: &DatabaseTransaction,
    days: &Days<'_>,
    date: NaiveDate,
    edits: &Edits,
    now: DateTime<Utc>,
) -> Result<Decided, EntryError> {
    let entry = entered(days.entry(date), edits)?;
    if entry.is_absence() {
        return Ok(Decided { entry, log: None, seen: None });
    }
    let stored = days.log(date);
    if edits.leaves_the_log() && stored.is_some() {
        return Ok(Decided { entry, log: stored, seen: None });
    }
    let seen = days.sightings(transaction, date, date).await?;
    let recomputed = |entry: Entry| {
        let entries = BTreeMap::from([(date, entry)]);
        days.recompute_with(date, date, &entries, &seen, now).remove(&date).flatten()
    };
    let judged = recomputed(entry);
    let log = match stored {
        Some(stored) if !explains(recomputed(days.entry(date)), &stored) => {
            let wanted = Wanted { days, date, edits, entry };
            wanted.over(&stored, judged.as_ref(), days.site.is_over(date, now))
        }
        Some(_) | None => judged,
    };
    let log = log.ok_or_else(|| EntryError::Refused(vec![without_check_in(days, date, entry)]))?;
    refuse(days, date, &log, edits, now)?;
    let seen = seen.of_check_in(&log).cloned();
    Ok(Decided { entry, log: Some(log), seen })
}

/// Whether detections and entries come to the stored log; one that waits for its close may be open still.
fn explains(recomputed: Option<Log>, stored: &Log) -> bool {
    recomputed.is_some_and(|log| {
        let check_out = log.check_out.filter(|_| stored.check_out.is_some());
        Log { check_out, ..log } == *stored
    })
}

/// What is entered once the edits are made.
fn entered(before: Entry, edits: &Edits) -> Result<Entry, EntryError> {
    let check_in = after(before.check_in(), &edits.check_in);
    let check_out = after(before.check_out(), &edits.check_out);
    let has_times = matches!(edits.check_in, Field::Enter(_)) || matches!(edits.check_out, Field::Enter(_));
    let status = match edits.status {
        Field::Enter(Status::Missed) if has_times => {
            return Err(EntryError::Refused(vec![Problem::TimesOfAbsence]));
        }
        Field::Enter(Status::Missed) => return Ok(Entry::ABSENCE),
        // Whoever enters a time for somebody who was not there says that the person was there after all.
        Field::Keep if has_times && before.is_absence() => None,
        ref edit => after(before.status(), edit),
    };
    Entry::new(check_in, check_out, status).map_err(|_| EntryError::Refused(vec![Problem::OutBeforeIn]))
}

fn after<T: Copy>(before: Option<T>, edit: &Field<T>) -> Option<T> {
    match edit {
        Field::Keep => before,
        Field::Enter(value) => Some(*value),
        Field::Clear => None,
    }
}

/// Edits of a log that its detections do not explain.
struct Wanted<'a> {
    days: &'a Days<'a>,
    date: NaiveDate,
    edits: &'a Edits,
    entry: Entry,
}

impl Wanted<'_> {
    /// The stored log with the edits over it; what is taken back comes from `judged`.
    fn over(&self, stored: &Log, judged: Option<&Log>, is_over: bool) -> Option<Log> {
        let (check_in, camera_id) = match self.edits.check_in {
            Field::Keep => (stored.check_in, stored.camera_id.clone()),
            Field::Enter(at) => (at, None),
            Field::Clear => (judged?.check_in, judged?.camera_id.clone()),
        };
        let check_out = match self.edits.check_out {
            Field::Keep => {
                stored.check_out.filter(|left| self.entry.check_out().is_some() || *left >= check_in)
            }
            Field::Enter(at) => Some(at),
            Field::Clear => judged.and_then(|log| log.check_out).filter(|left| *left >= check_in),
        };
        let (shift_id, status) = self.arrival(stored, check_in);
        Some(Log {
            check_in,
            check_out: check_out.or_else(|| is_over.then_some(check_in)),
            camera_id,
            shift_id,
            status: self.entry.status().unwrap_or(status),
        })
    }

    /// Shift and status of an arrival: the stored ones, unless the arrival is another or is to be judged anew.
    fn arrival(&self, stored: &Log, check_in: DateTime<Utc>) -> (Option<String>, Status) {
        if check_in == stored.check_in && self.edits.status != Field::Clear {
            return (stored.shift_id.clone(), stored.status);
        }
        let shifts = self.days.plan.on(self.date);
        let worked = shift::nearest(&shifts, check_in);
        (worked.map(|shift| shift.shift_id.clone()), status::on_arrival(check_in, worked))
    }
}

/// Why there is no log: the person would have left before being seen, or was not seen at all.
fn without_check_in(days: &Days<'_>, date: NaiveDate, entry: Entry) -> Problem {
    let came = days.log(date).map(|log| log.check_in);
    match came.zip(entry.check_out()) {
        Some((came, left)) if left < came => Problem::OutBeforeIn,
        Some(_) | None => Problem::NoCheckIn,
    }
}

/// What is wrong with the ends that are edited; the others may be as odd as cameras saw them.
fn refuse(
    days: &Days<'_>,
    date: NaiveDate,
    log: &Log,
    edits: &Edits,
    now: DateTime<Utc>,
) -> Result<(), EntryError> {
    if edits.check_in.is_kept() && edits.check_out.is_kept() {
        return Ok(());
    }
    let (before, after) = (days.log(date - Span::new(1)), days.log(date + Span::new(1)));
    let neighbours = Neighbours { before: before.as_ref(), after: after.as_ref() };
    let mut found = problems(log, date, &days.plan, neighbours, now);
    found.retain(|problem| concerns(*problem, edits));
    if found.is_empty() { Ok(()) } else { Err(EntryError::Refused(found)) }
}

fn concerns(problem: Problem, edits: &Edits) -> bool {
    match problem {
        Problem::InFuture(End::CheckOut) | Problem::TooLongAgo(End::CheckOut) => !edits.check_out.is_kept(),
        Problem::OutBeforeIn | Problem::TooLong | Problem::OverlapsAfter(_) => true,
        Problem::InFuture(End::CheckIn)
        | Problem::TooLongAgo(End::CheckIn)
        | Problem::OtherDay(_)
        | Problem::OverlapsBefore(_)
        | Problem::NoCheckIn
        | Problem::TimesOfAbsence => !edits.check_in.is_kept(),
    }
}
