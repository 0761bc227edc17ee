//! One worker at a time for each person: what follows from reading a day must still hold when it is written.

use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, raw_sql};

/// Waits until no other transaction works on these people's attendance, and holds them until this one ends. All callers lock in
/// one order, so that two frames with the same people in them cannot wait for each other.
///
/// # Errors
/// The database is out of reach.
pub async fn lock_people(transaction: &DatabaseTransaction, employee_ids: Vec<String>) -> Result<(), DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT pg_advisory_xact_lock(person)
           FROM (SELECT hashtextextended('attendance:' || id, 0) AS person
                 FROM unnest({employee_ids}::text[]) AS id ORDER BY 1) AS people"#
    );
    transaction.execute_raw(statement).await.map(drop)
}
