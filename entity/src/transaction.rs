//! Transactions that leave no trace when whoever begins one is dropped in the middle: a cancelled job, a call whose client has gone, a
//! time-out.
//!
//! `sqlx` 0.9 counts a transaction once PostgreSQL has answered its `BEGIN`. Dropped before that, the connection would go back to the
//! pool as one without a transaction, though the server has begun one: what others then write through it would wait for a commit that
//! nobody makes, and hold its locks until the server ends the session. So a beginning that nobody waits for any more is brought to
//! its end, and rolled back.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{FutureExt as _, future::BoxFuture};
use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel, TransactionTrait as _,
};
use tokio::runtime::Handle;

/// Begins a transaction.
///
/// # Errors
/// The database is out of reach.
pub async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    beginning(db, None, None).await
}

/// Begins a transaction that only reads, and sees one state of the database throughout.
///
/// # Errors
/// The database is out of reach.
pub async fn begin_snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    beginning(db, Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await
}

fn beginning(
    db: &DatabaseConnection,
    isolation: Option<IsolationLevel>,
    access: Option<AccessMode>,
) -> Beginning {
    let db = db.clone();
    let begun = async move { db.begin_with_config(isolation, access).await };
    Beginning(Some(begun.boxed()))
}

/// A beginning; nothing once it has ended.
struct Beginning(Option<BoxFuture<'static, Result<DatabaseTransaction, DbErr>>>);

impl Future for Beginning {
    type Output = Result<DatabaseTransaction, DbErr>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(rest) = &mut self.0 else { return Poll::Pending };
        let polled = rest.poll_unpin(context);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        // Without a runtime the process ends, and its connections with it.
        if let Some(rest) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(rest);
        }
    }
}
