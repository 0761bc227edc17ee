//! What people enter about a day, change, or take back. Each of these holds the person first, so that two edits at once, or an
//! edit and a camera, come one after the other and neither undoes the other.

use attendance::{
    Log, Status,
    edit::{End, Problem, of_time},
};
use chrono::{DateTime, Days as Span, Utc};
use entity::attendance_log::{self, Model, Source, lock_people};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait as _};

use crate::{
    days::Days, decide::decide, inscribe::inscribe, person::Person, presence, site::Site, stored::log_of,
};

/// What becomes of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is this from now on, whatever cameras say.
    Enter(T),
    /// What was entered is taken back: cameras fill it in.
    Clear,
}

impl<T> Field<T> {
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

/// What somebody wants changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// When the person came.
    pub check_in: Field<DateTime<Utc>>,
    /// When the person left.
    pub check_out: Field<DateTime<Utc>>,
    /// Present, late, or not there.
    pub status: Field<Status>,
    /// Free text.
    pub note: Field<String>,
    /// The camera, by id and name, at which the check-in is said to have been.
    pub camera: Option<(String, String)>,
}

impl Edits {
    /// Whether times and status stay as they are.
    pub(crate) fn leaves_the_log(&self) -> bool {
        self.check_in.is_kept() && self.check_out.is_kept() && self.status.is_kept()
    }

    /// Somebody came at `at`.
    pub(crate) fn came(at: DateTime<Utc>) -> Self {
        Self { check_in: Field::Enter(at), ..Self::default() }
    }
}

/// A log before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// As it was; nothing where the day had none.
    pub before: Option<Model>,
    /// As it is.
    pub after: Model,
}

/// Why nothing was entered.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The database is out of reach.
    #[error("database")]
    Database(#[from] DbErr),
    /// There is no such log.
    #[error("there is no such attendance log")]
    Missing,
    /// It could not have happened.
    #[error("what was entered could not have happened")]
    Refused(Vec<Problem>),
    /// The person was marked just before; a second click is no check-out.
    #[error("{0} has the check-in already, and a check-out comes at least the minimum stay later")]
    JustMarked(String),
    /// Somebody who has times on that day is entered as not having been there: that is said of the log, not beside it.
    #[error("the person was there on that day, as log {0} says: change its status to say otherwise")]
    Attended(String),
}

/// Changes the log `id`.
///
/// # Errors
/// No such log, or what is wanted could not have happened.
pub async fn edit(
    transaction: &DatabaseTransaction,
    site: &Site,
    id: &str,
    edits: &Edits,
    now: DateTime<Utc>,
) -> Result<Edited, EntryError> {
    let row = hold(transaction, id).await?;
    let person = Person { id: row.employee_id, name: row.name, department: row.department };
    let (before, after) = (row.date - Span::new(1), row.date + Span::new(1));
    let days = Days::load(transaction, site, &person, before, after).await?;
    let decided = decide(transaction, &days, row.date, edits, now).await?;
    let edited = inscribe(transaction, &days, row.date, edits, decided, Source::Manual).await?;
    presence::follow(transaction, &days, edits, &edited, now).await?;
    Ok(edited)
}

/// Enters by hand that a person was there at `at`: as the check-in of a day that has none or a later one, or else as the
/// check-out. In whatever order times are entered, the earliest is the check-in and the latest the check-out. With the status
/// `missed` it says that the person was not there on that day; where the day has times, that is to be said by [`edit`].
///
/// # Errors
/// What is entered could not have happened.
pub async fn enter(
    transaction: &DatabaseTransaction,
    site: &Site,
    person: &Person,
    at: DateTime<Utc>,
    edits: Edits,
    now: DateTime<Utc>,
) -> Result<Edited, EntryError> {
    if let Some(problem) = of_time(at, End::CheckIn, now) {
        return Err(EntryError::Refused(vec![problem]));
    }
    lock_people(transaction, vec![person.id.clone()]).await?;
    let days = around(transaction, site, person, at).await?;
    let date = days.of_instant(at);
    let edits = at_its_place(site, days.row(date), at, edits)?;
    let decided = decide(transaction, &days, date, &edits, now).await?;
    let edited = inscribe(transaction, &days, date, &edits, decided, Source::Manual).await?;
    presence::follow(transaction, &days, &edits, &edited, now).await?;
    Ok(edited)
}

/// Removes the log `id`, and answers what it was. A camera that sees the person again on that day opens a new one.
///
/// # Errors
/// No such log.
pub async fn delete(transaction: &DatabaseTransaction, id: &str) -> Result<Model, EntryError> {
    let row = hold(transaction, id).await?;
    presence::leave(transaction, &row).await?;
    attendance_log::Entity::delete_by_id(id).exec(transaction).await?;
    Ok(row)
}

/// The days that an instant may count for, with the days around them.
pub(crate) async fn around<'a>(
    transaction: &DatabaseTransaction,
    site: &'a Site,
    person: &'a Person,
    at: DateTime<Utc>,
) -> Result<Days<'a>, DbErr> {
    let today = site.local_day(at);
    let (yesterday, tomorrow) = (today - Span::new(1), today + Span::new(1));
    Days::load(transaction, site, person, yesterday - Span::new(1), tomorrow).await
}

/// The row, whose person nobody else writes about until the transaction ends.
async fn hold(transaction: &DatabaseTransaction, id: &str) -> Result<Model, EntryError> {
    let found = attendance_log::Entity::find_by_id(id).one(transaction).await?;
    let person = found.ok_or(EntryError::Missing)?.employee_id;
    lock_people(transaction, vec![person]).await?;
    // Whoever held the person before may have changed or removed it.
    attendance_log::Entity::find_by_id(id).one(transaction).await?.ok_or(EntryError::Missing)
}

/// The time at the end of the day that it belongs to.
fn at_its_place(
    site: &Site,
    row: Option<&Model>,
    at: DateTime<Utc>,
    edits: Edits,
) -> Result<Edits, EntryError> {
    let known = row.and_then(|row| Some((row, log_of(row)?)));
    if edits.status == Field::Enter(Status::Missed) {
        return match known {
            Some((row, _)) => Err(EntryError::Attended(row.id.clone())),
            None => Ok(edits),
        };
    }
    match known {
        Some((row, log)) if at > log.check_in && at - log.check_in < site.rules.min_stay() => {
            Err(EntryError::JustMarked(row.id.clone()))
        }
        // Between two times that people entered there is nothing to be moved.
        Some((row, log)) if row.check_out_entered && log.check_in < at && log.check_out > Some(at) => {
            Ok(edits)
        }
        Some((_, log)) if at > log.check_in => Ok(Edits { check_out: Field::Enter(at), ..edits }),
        Some((row, log)) => match overtaken(site, row, &log, at) {
            Some(left) => Ok(Edits { check_in: Field::Enter(at), check_out: Field::Enter(left), ..edits }),
            None => Ok(Edits { check_in: Field::Enter(at), ..edits }),
        },
        None => Ok(Edits { check_in: Field::Enter(at), ..edits }),
    }
}

/// The only time that was entered of a day so far, which an earlier one makes the check-out: in whatever order two times are
/// entered, both stand. Where a camera saw the person come, what it saw later is known without this.
fn overtaken(site: &Site, row: &Model, log: &Log, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let is_alone = row.check_in_entered && log.check_out.is_none_or(|left| left <= log.check_in);
    let stays = log.check_in - at >= site.rules.min_stay();
    (is_alone && stays).then_some(log.check_in)
}
