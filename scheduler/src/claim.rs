//! The claim of a tick: the schedule's row is moved to the tick and the job put into the outbox, in one
//! transaction. Whoever commits first has made the tick; everybody else finds the row moved.

use chrono::{DateTime, Utc};
use entity::schedule;
use jobs::{Origin, Pending, catalogue::Entry, enqueue_or_join};
use queue::Queues;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait as _, QuerySelect as _};

use crate::error::TickError;

/// How a claim ended.
#[derive(Debug)]
pub(crate) enum Claim {
    /// The tick is ours, and its job waits to be pushed.
    Won(Box<Pending>),
    /// Somebody else has made the tick, or changed the schedule since it was read.
    Lost,
    /// Somebody else holds the row at this moment; look again soon.
    Busy,
}

/// Tries to make `tick` of the schedule `seen`.
pub(crate) async fn claim(
    db: &DatabaseConnection,
    queues: &Queues,
    entry: &Entry,
    seen: &schedule::Model,
    tick: DateTime<Utc>,
) -> Result<Claim, TickError> {
    let transaction = entity::begin(db).await?;
    let Some(row) = lock(&transaction, entry.name).await? else {
        return give_up(transaction, Claim::Busy).await;
    };
    let unchanged = row.cron == seen.cron && row.timezone == seen.timezone;
    if !unchanged || !schedule::claim_tick(&transaction, entry.name, tick).await? {
        return give_up(transaction, Claim::Lost).await;
    }
    let pending = enqueue_or_join(&transaction, queues, entry.work()?, Origin::system()).await?;
    transaction.commit().await?;
    Ok(Claim::Won(Box::new(pending)))
}

/// The schedule's row, locked, unless somebody else has it: a frozen replica must not hold up our other ticks.
async fn lock(transaction: &DatabaseTransaction, name: &str) -> Result<Option<schedule::Model>, DbErr> {
    let row = schedule::Entity::find_by_id(name.to_owned());
    row.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).one(transaction).await
}

async fn give_up(transaction: DatabaseTransaction, why: Claim) -> Result<Claim, TickError> {
    transaction.rollback().await?;
    Ok(why)
}
