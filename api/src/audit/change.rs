//! A transaction that cannot be committed without its audit row.

use std::{ops::Deref, sync::Arc};

use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::Entry;
use crate::{
    call::Call,
    error::ApiError,
    machinery::{DATABASE, within},
};

/// A change of the database in progress; dropping it rolls back.
pub struct Change {
    transaction: DatabaseTransaction,
    call: Arc<Call>,
}

impl Change {
    /// Begins a change made by `call`.
    ///
    /// # Errors
    /// The database is away.
    pub async fn begin(db: &DatabaseConnection, call: &Arc<Call>) -> Result<Self, ApiError> {
        let transaction = within(DATABASE, entity::begin(db)).await?;
        Ok(Self { transaction, call: Arc::clone(call) })
    }

    /// Writes `entry` and commits both.
    ///
    /// # Errors
    /// The database's; then nothing was changed.
    pub async fn commit(self, entry: Entry) -> Result<(), ApiError> {
        entry.insert(&self.transaction, &self.call).await?;
        self.transaction.commit().await?;
        self.call.mark_audited();
        Ok(())
    }
}

/// Queries run on the transaction.
impl Deref for Change {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}
