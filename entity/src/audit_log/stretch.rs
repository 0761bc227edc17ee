//! A stretch of the trail for a report, oldest first.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};

use super::{Column, Entity};
use crate::level::Level;

/// Which part of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stretch {
    /// From here on.
    pub from: DateTimeUtc,
    /// Before this.
    pub until: DateTimeUtc,
    /// Only done by this actor.
    pub actor: Option<String>,
    /// Only this action.
    pub action: Option<String>,
    /// Only what matters so much.
    pub severity: Option<Level>,
}

fn filtered(stretch: &Stretch) -> Select<Entity> {
    let condition = Condition::all()
        .add(Column::Timestamp.gte(stretch.from))
        .add(Column::Timestamp.lt(stretch.until))
        .add_option(stretch.actor.as_ref().map(|actor| Column::Actor.eq(actor)))
        .add_option(stretch.action.as_ref().map(|action| Column::Action.eq(action)))
        .add_option(stretch.severity.map(|severity| Column::Severity.eq(severity)));
    Entity::find().filter(condition)
}

/// The entries, to be streamed.
#[must_use]
pub fn oldest_first(stretch: &Stretch) -> Select<Entity> {
    filtered(stretch).order_by_asc(Column::Timestamp).order_by_asc(Column::Id)
}

/// How many they are.
///
/// # Errors
/// The database is out of reach.
pub async fn count(db: &impl ConnectionTrait, stretch: &Stretch) -> Result<u64, DbErr> {
    filtered(stretch).count(db).await
}
