//! Accepting a job into the outbox. A unique key is claimed by the insert itself, so that of two transactions that accept the
//! same thing one waits for the other and then learns its id.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveValue, ActiveValue::Set, Condition, raw_sql};

use super::{ActiveModel, Column, Entity};
use crate::insert;

/// How often a key whose holder vanishes between two statements is tried again.
const TRIES: usize = 8;

/// What became of a job that was to be accepted.
#[derive(Clone, Debug, PartialEq)]
pub enum Accepted {
    /// It is in the outbox.
    New(Uuid),
    /// Its unique key is held by this one, which stands in for it.
    Duplicate(Uuid),
}

/// Puts a job into the outbox, unless another of its kind holds its unique key.
///
/// # Errors
/// The database is out of reach, or the key's holder changed again and again meanwhile.
pub async fn accept(db: &impl ConnectionTrait, mut row: ActiveModel) -> Result<Accepted, DbErr> {
    let id = value_of(&row.id).unwrap_or_else(Uuid::now_v7);
    row.id = Set(id);
    let claim = value_of(&row.kind).zip(value_of(&row.unique_key).flatten());
    if let Some((kind, key)) = &claim {
        release_expired(db, kind, key).await?;
    }
    for _ in 0..TRIES {
        if insert::unless_taken(db, row.clone()).await?.is_some() {
            return Ok(Accepted::New(id));
        }
        if let Some(holder) = holder(db, id, claim.as_ref()).await? {
            return Ok(Accepted::Duplicate(holder));
        }
    }
    Err(DbErr::RecordNotInserted)
}

fn value_of<T: Clone + Into<Value>>(value: &ActiveValue<T>) -> Option<T> {
    value.try_as_ref().cloned()
}

/// Who stands in the way: the row of the same id, which was accepted before, or the holder of the kind's key.
async fn holder(
    db: &impl ConnectionTrait,
    id: Uuid,
    claim: Option<&(String, String)>,
) -> Result<Option<Uuid>, DbErr> {
    let same_key = claim.map(|(kind, key)| Column::Kind.eq(kind).and(Column::UniqueKey.eq(key)));
    let either = Condition::any().add(Column::Id.eq(id)).add_option(same_key);
    Ok(Entity::find().filter(either).one(db).await?.map(|holder| holder.id))
}

/// Takes the key from a job whose window has passed.
pub(super) async fn release_expired(db: &impl ConnectionTrait, kind: &str, key: &str) -> Result<(), DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE job_outbox SET unique_key = NULL
           WHERE kind = {kind} AND unique_key = {key} AND unique_until <= now()"#
    );
    db.execute_raw(statement).await.map(drop)
}
