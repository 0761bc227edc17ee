//! One migration at a time. Deployments start several replicas at once, each of which may run `rollcall-migrate` first; an
//! advisory lock makes them take turns, and the second finds nothing left to do.

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

/// Number of the advisory lock, unique to this purpose.
const MIGRATION_LOCK: i64 = 0x0726_0113_1CA1_1001;

/// Runs `work` while no other process runs its own, and waits for its turn as long as it takes.
///
/// The lock is held by a transaction on a connection of its own, so that it ends with the process, however that ends; `db`
/// needs room for a second connection.
///
/// # Errors
/// What `work` answers, or that the database is out of reach.
pub async fn exclusively<T, E: From<DbErr>>(
    db: &DatabaseConnection,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let lock = entity::begin(db).await?;
    lock.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
    lock.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
    let outcome = work.await;
    lock.rollback().await?;
    outcome
}
