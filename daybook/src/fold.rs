//! Folding one more sighting into its person's day, as workers do hundreds of times a second.

use attendance::{Change, Sighting, apply, day, fold::look_back, odoo::Cause};
use chrono::{DateTime, Days as Span, NaiveDate, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{
    days::Days,
    evidence::Seen,
    person::Person,
    save::{put_right, save},
    site::Site,
};

/// Folds a sighting in, whose detection is stored already. The person must be held (see
/// [`lock_people`](entity::attendance_log::lock_people)). As a rule this reads twice and writes at most once; a sighting that is
/// processed after a later one, or after its day was closed, recomputes the days around it.
///
/// # Errors
/// The database is out of reach.
pub async fn fold(
    transaction: &DatabaseTransaction,
    site: &Site,
    person: &Person,
    sighting: &Sighting,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let today = site.local_day(sighting.at);
    let days = Days::load(transaction, site, person, today - Span::new(2), today).await?;
    let date = days.of_instant(sighting.at);
    if site.is_over(date, now) {
        return recompute(transaction, days, today, now).await;
    }
    let from = sighting.at - look_back(&site.rules, sighting);
    let seen = Seen::load(transaction, &person.id, from, DateTime::<Utc>::MAX_UTC).await?;
    match apply(days.log(date).as_ref(), &seen.sightings, sighting, &days.context(date)) {
        Change::Unchanged => Ok(()),
        Change::Opened(log) => save(transaction, &days, date, &log, &seen, Cause::Seen).await,
        Change::Moved { log, by_exit } => {
            let cause = if by_exit { Cause::Ended } else { Cause::Seen };
            save(transaction, &days, date, &log, &seen, cause).await
        }
        Change::Recompute => recompute(transaction, days, today, now).await,
    }
}

/// The logs that all sightings since yesterday give. A late frame can move sightings from one day to the next, so none of the
/// days on which the person was seen since can be left out.
async fn recompute(
    transaction: &DatabaseTransaction,
    days: Days<'_>,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (site, yesterday) = (days.site, today - Span::new(1));
    let from = day::start(yesterday, site.zone);
    let seen = Seen::load(transaction, &days.person.id, from, DateTime::<Utc>::MAX_UTC).await?;
    let last = seen.latest().map_or(today, |at| site.local_day(at)).max(today);
    let days = if last == today {
        days
    } else {
        Days::load(transaction, site, days.person, yesterday - Span::new(1), last).await?
    };
    for (date, log) in days.recompute(yesterday, last, &seen, now) {
        put_right(transaction, &days, date, log.as_ref(), &seen, now).await?;
    }
    Ok(())
}
