//! Marking somebody who is here now.

use chrono::{DateTime, Utc};
use entity::attendance_log::{ActiveModel, Model, Source, lock_people};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction};

use crate::{
    decide::decide,
    edit::{Edited, Edits, EntryError, around},
    inscribe::inscribe,
    person::Person,
    presence,
    site::Site,
};

/// How somebody made known to be here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// Who says so.
    pub source: Source,
    /// How sure the recogniser was, 0 to 100; nothing where it was not asked.
    pub confidence: Option<f64>,
}

/// What marking somebody came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Marked {
    /// The day has its check-in; before it the person counted as missed, or there was nothing.
    New(Box<Edited>),
    /// The day had its log already, and it stays as it is.
    Already(Box<Model>),
}

/// Marks that `person` is here at `now`, which is on site, too.
///
/// # Errors
/// The database is out of reach; or the person was entered as still being there from the day before.
pub async fn mark(
    transaction: &DatabaseTransaction,
    site: &Site,
    person: &Person,
    arrival: Arrival,
    now: DateTime<Utc>,
) -> Result<Marked, EntryError> {
    lock_people(transaction, vec![person.id.clone()]).await?;
    let days = around(transaction, site, person, now).await?;
    let date = days.of_instant(now);
    if let Some(row) = days.row(date)
        && days.log(date).is_some()
    {
        return Ok(Marked::Already(Box::new(row.clone())));
    }
    let edits = Edits::came(now);
    let decided = decide(transaction, &days, date, &edits, now).await?;
    let edited = inscribe(transaction, &days, date, &edits, decided, arrival.source).await?;
    let columns =
        ActiveModel { id: Set(edited.after.id), accuracy: Set(arrival.confidence), ..Default::default() };
    let edited = Edited { before: edited.before, after: columns.update(transaction).await? };
    presence::arrive(transaction, person, now, arrival.confidence).await?;
    Ok(Marked::New(Box::new(edited)))
}
