//! The heart of the rules: sightings of one person on one day, folded into a log.
//!
//! [`recompute`] folds a whole day in order of capture and is the truth. [`apply`] makes the same step for
//! one new sighting from the stored log and the last few sightings; where a sighting comes out of order, it
//! asks for the recomputation instead of guessing. So both give one log, in whatever order frames arrive.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::agreement;
use crate::cooldown;
use crate::entry::Entry;
use crate::log::Log;
use crate::rules::Rules;
use crate::shift::{self, Occurrence};
use crate::sighting::{Direction, Sighting};
use crate::status;

/// What a day's sightings are judged by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayContext {
    /// The settings.
    pub rules: Rules,
    /// The person's shifts that begin on this day.
    pub shifts: Vec<Occurrence>,
    /// What was entered by hand about this day.
    pub entry: Entry,
}

/// What one more sighting does to the log of its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Unchanged,
    /// The day has its log.
    Opened(Log),
    /// The check-out moved forward.
    Moved {
        /// The log as it is now.
        log: Log,
        /// Whether an exit camera moved it, which ends the attendance for outside systems.
        by_exit: bool,
    },
    /// A later sighting was applied already: load the day's sightings and call [`recompute`].
    Recompute,
}

/// How far back [`apply`] must see: sightings older than this before the new one change nothing.
#[must_use]
pub fn look_back(rules: &Rules, sighting: &Sighting) -> TimeDelta {
    rules.cooldown().max(agreement::window(sighting.interval_seconds))
}

/// The effect of `sighting` on the day's `log`.
///
/// `recent` are the person's other sightings of this day that are not older than [`look_back`], later ones
/// included, in any order. `log` is the stored one; a `missed` row counts as none.
#[must_use]
pub fn apply(log: Option<&Log>, recent: &[Sighting], sighting: &Sighting, context: &DayContext) -> Change {
    let mut day = Day::resume(context.clone(), log);
    let mut recent: Vec<_> = recent.iter().filter(|other| other.key() != sighting.key()).collect();
    recent.sort_by_key(|other| other.key());
    if recent.last().is_some_and(|latest| latest.key().cmp(&sighting.key()) == Ordering::Greater) {
        return Change::Recompute;
    }
    for other in recent {
        day.note(other);
    }
    day.take(sighting)
}

/// The log that follows from all of a day's sightings, in any order; `None` when no frames agree.
#[must_use]
pub fn recompute(sightings: &[Sighting], context: &DayContext) -> Option<Log> {
    let mut ordered: Vec<_> = sightings.iter().collect();
    ordered.sort_by_key(|sighting| sighting.key());
    let mut day = Day::resume(context.clone(), None);
    for sighting in ordered {
        day.take(sighting);
    }
    day.log()
}

/// A day in the making.
#[derive(Debug)]
pub(crate) struct Day {
    context: DayContext,
    stay: Option<Stay>,
    /// Captures per camera, oldest first: all that may still agree, or the last one once the day is open.
    trails: BTreeMap<String, Vec<DateTime<Utc>>>,
    last_seen: Option<DateTime<Utc>>,
}

#[derive(Debug)]
struct Stay {
    check_in: DateTime<Utc>,
    check_out: Option<DateTime<Utc>>,
    camera_id: Option<String>,
}

impl Stay {
    /// A stay whose check-in was entered by hand; of what cameras stored, a later check-out remains.
    fn entered(check_in: DateTime<Utc>, stored: Option<Self>) -> Self {
        let check_out = stored.and_then(|stay| stay.check_out).filter(|check_out| *check_out >= check_in);
        Self { check_in, check_out, camera_id: None }
    }
}

impl Day {
    /// A day that stands at `log`; a check-in entered by hand opens it without any sighting.
    pub(crate) fn resume(context: DayContext, log: Option<&Log>) -> Self {
        let stored = log.map(|log| Stay {
            check_in: log.check_in,
            check_out: log.check_out,
            camera_id: log.camera_id.clone(),
        });
        let stay = match context.entry.check_in() {
            Some(entered) => Some(Stay::entered(entered, stored)),
            None => stored,
        };
        Self { context, stay, trails: BTreeMap::new(), last_seen: None }
    }

    /// Remembers that the person was seen, without any effect on the log.
    fn note(&mut self, sighting: &Sighting) {
        let trail = self.trails.entry(sighting.camera_id.clone()).or_default();
        let oldest = sighting.at - agreement::window(sighting.interval_seconds);
        let day_is_open = self.stay.is_some();
        trail.retain(|at| !day_is_open && *at >= oldest);
        trail.push(sighting.at);
    }

    /// Folds in the next sighting, which must not be older than any before it.
    pub(crate) fn take(&mut self, sighting: &Sighting) -> Change {
        let previous = self.trails.get(&sighting.camera_id).and_then(|trail| trail.last()).copied();
        self.note(sighting);
        self.last_seen = Some(sighting.at);
        let opened = self.stay.is_none() && self.open(sighting);
        let moved = self.move_check_out(sighting, previous);
        let by_exit = sighting.direction == Direction::Exit;
        match self.log() {
            Some(log) if opened => Change::Opened(log),
            Some(log) if moved => Change::Moved { log, by_exit },
            Some(_) | None => Change::Unchanged,
        }
    }

    /// Opens the day if enough frames agree and nobody entered that the person had left by then.
    fn open(&mut self, sighting: &Sighting) -> bool {
        let needed = self.context.rules.min_agreeing_frames(sighting.trigger);
        let window = agreement::window(sighting.interval_seconds);
        let frames = self.trails.get(&sighting.camera_id).map_or(&[][..], Vec::as_slice);
        let left_before = self.context.entry.check_out().is_some_and(|left| left < sighting.at);
        let started = agreement::started_at(frames, window, needed).filter(|_| !left_before);
        self.stay = started.map(|check_in| Stay {
            check_in,
            check_out: None,
            camera_id: Some(sighting.camera_id.clone()),
        });
        self.stay.is_some()
    }

    /// Moves the check-out to this sighting where the rules let it.
    fn move_check_out(&mut self, sighting: &Sighting, previous: Option<DateTime<Utc>>) -> bool {
        let rules = &self.context.rules;
        let Some(stay) = &mut self.stay else { return false };
        let latest = stay.check_out.unwrap_or(stay.check_in);
        if self.context.entry.check_out().is_some() || sighting.at <= latest {
            return false;
        }
        let stayed = sighting.at - stay.check_in >= rules.min_stay();
        let cooling = cooldown::applies(sighting.at, previous, latest, rules.cooldown());
        let counts = sighting.direction == Direction::Exit || (stayed && !cooling);
        if counts {
            stay.check_out = Some(sighting.at);
        }
        counts
    }

    /// The last sighting that was folded in, whether or not it changed the log.
    pub(crate) fn last_seen(&self) -> Option<DateTime<Utc>> {
        self.last_seen
    }

    /// The log as it stands; none where somebody entered that the person was not there.
    pub(crate) fn log(&self) -> Option<Log> {
        let stay = self.stay.as_ref().filter(|_| !self.context.entry.is_absence())?;
        let shift = shift::nearest(&self.context.shifts, stay.check_in);
        Some(Log {
            check_in: stay.check_in,
            check_out: self.context.entry.check_out().or(stay.check_out),
            camera_id: stay.camera_id.clone(),
            shift_id: shift.map(|shift| shift.shift_id.clone()),
            status: self.context.entry.status().unwrap_or_else(|| status::on_arrival(stay.check_in, shift)),
        })
    }
}
