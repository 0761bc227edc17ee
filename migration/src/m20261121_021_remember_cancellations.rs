//! When somebody asked for a job to be cancelled. It stands in the outbox, so that a queue that forgets the wish is told again,
//! and a job that was called off is not pushed again.

use crate::script::migration;

migration! {
    up: "ALTER TABLE job_outbox ADD COLUMN cancel_requested_at timestamptz;",
    down: "ALTER TABLE job_outbox DROP COLUMN cancel_requested_at;",
}
