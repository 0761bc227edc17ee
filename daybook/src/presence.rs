//! Where a person is now, as far as people who write the day say so. What they enter moves it as a sighting does: only where nothing
//! newer is known. Who was not there after all is not there now.

use chrono::{DateTime, Utc};
use entity::{
    attendance_log::{Model, Status},
    attendance_record::{
        self,
        Status::{self as Whereabouts, OffSite, OnSite},
    },
};
use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use crate::{
    days::Days,
    edit::{Edited, Edits, Field},
    person::Person,
};

/// Follows what was entered about a day.
pub(crate) async fn follow(
    transaction: &DatabaseTransaction,
    days: &Days<'_>,
    edits: &Edits,
    edited: &Edited,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if edited.after.status == Status::Missed {
        return match &edited.before {
            Some(before) => leave(transaction, before).await,
            None => Ok(()),
        };
    }
    // Nobody was seen since, so the time-out of sightings holds for entered times too.
    let of_arrival = |at| if now - at < days.site.rules.presence_timeout() { OnSite } else { OffSite };
    match (&edits.check_in, &edits.check_out) {
        (_, Field::Enter(left)) => observe(transaction, days.person, OffSite, *left, None).await,
        (Field::Enter(came), _) => observe(transaction, days.person, of_arrival(*came), *came, None).await,
        (Field::Keep | Field::Clear, Field::Keep | Field::Clear) => Ok(()),
    }
}

/// Whoever is marked is on site.
pub(crate) async fn arrive(
    transaction: &DatabaseTransaction,
    person: &Person,
    at: DateTime<Utc>,
    accuracy: Option<f64>,
) -> Result<(), DbErr> {
    observe(transaction, person, OnSite, at, accuracy).await
}

/// The log is gone, or says that nobody came: what was seen since its check-in is not believed any more.
pub(crate) async fn leave(transaction: &DatabaseTransaction, log: &Model) -> Result<(), DbErr> {
    match log.check_in_at {
        Some(since) => attendance_record::leave(transaction, &log.employee_id, since, log.date).await,
        None => Ok(()),
    }
}

async fn observe(
    transaction: &DatabaseTransaction,
    person: &Person,
    status: Whereabouts,
    at: DateTime<Utc>,
    accuracy: Option<f64>,
) -> Result<(), DbErr> {
    let entered = attendance_record::Model {
        id: Uuid::now_v7(),
        person_id: person.id.clone(),
        name: person.name.clone(),
        role: None,
        department: person.department.clone(),
        status,
        accuracy,
        timestamp: at,
        camera_id: None,
        camera_name: None,
        thumbnail_key: None,
        created_at: at,
        updated_at: at,
    };
    attendance_record::observe(transaction, entered).await
}
