//! What became of the last job of each schedule, for whoever looks at the list of schedules.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr};

/// Copies outcomes that are news. Looking back a minute makes up for sweeps that failed after their outcomes
/// were written, and for other replicas; rows that say so already are not written again.
const RECORD: &str = "
UPDATE schedules
SET last_outcome = latest.outcome
FROM (
    SELECT DISTINCT ON (kind) kind, outcome
    FROM job_outbox
    WHERE finished_at > now() - interval '1 minute'
    ORDER BY kind, finished_at DESC, id DESC
) AS latest
WHERE schedules.name = latest.kind AND schedules.last_outcome IS DISTINCT FROM latest.outcome";

/// Brings `last_outcome` of every schedule up to date.
pub(crate) async fn record(db: &DatabaseConnection) -> Result<(), DbErr> {
    db.execute_unprepared(RECORD).await.map(drop)
}
