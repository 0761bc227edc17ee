//! The answers to calls with an `Idempotency-Key`. They stand apart from the jobs, since a call may be answered by a job that
//! another call started, and that job may end long before the key does.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE idempotency_keys (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    job_id uuid NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CALL keep_row_times('idempotency_keys');
CREATE INDEX idempotency_keys_answered_at_idx ON idempotency_keys (answered_at);
",
    down: "DROP TABLE idempotency_keys;",
}
