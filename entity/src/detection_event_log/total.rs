//! How many events a filter shows: its whole days were counted as they came, and only what it takes of a first and a last day
//! besides is counted now.

use chrono::{NaiveTime, TimeDelta};
use sea_orm::entity::prelude::*;

use super::{Filter, filtered};
use crate::detection_event_count;

/// The finest step of time that PostgreSQL knows.
const STEP: TimeDelta = TimeDelta::microseconds(1);

/// The exact number of events.
pub(super) async fn of(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, DbErr> {
    let first = filter.from.map(|from| (from - STEP).date_naive() + TimeDelta::days(1));
    let end = filter.to.map(|to| (to + STEP).date_naive());
    if first.zip(end).is_some_and(|(first, end)| first >= end) {
        return between(db, filter, filter.from, filter.to).await;
    }
    Ok(detection_event_count::of_days(db, filter, first, end).await?
        + between(db, filter, filter.from, first.map(|day| midnight(day) - STEP)).await?
        + between(db, filter, end.map(midnight), filter.to).await?)
}

/// The events of a part of a day; none where it has no beginning or no end.
async fn between(
    db: &impl ConnectionTrait,
    filter: &Filter,
    from: Option<DateTimeUtc>,
    to: Option<DateTimeUtc>,
) -> Result<u64, DbErr> {
    match from.zip(to) {
        Some((from, to)) if from <= to => {
            filtered(&Filter { from: Some(from), to: Some(to), ..filter.clone() }).count(db).await
        }
        Some(_) | None => Ok(0),
    }
}

fn midnight(day: Date) -> DateTimeUtc {
    day.and_time(NaiveTime::MIN).and_utc()
}
