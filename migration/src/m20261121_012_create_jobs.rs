//! What the job queue keeps in the database: the schedules, the outbox of accepted jobs, and the guard of their effects.
//! The outbox and the effects turn over quickly, so they are vacuumed long before a fifth of them is dead.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE schedules (
    name text PRIMARY KEY,
    cron text NOT NULL,
    timezone text NOT NULL DEFAULT 'UTC',
    enabled boolean NOT NULL DEFAULT true,
    last_tick timestamptz,
    last_outcome text
) WITH (fillfactor = 60);

CREATE TABLE job_outbox (
    id uuid PRIMARY KEY,
    queue text NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    options jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(options) = 'object'),
    actor text,
    request_id uuid NOT NULL,
    unique_key text,
    unique_until timestamptz,
    batch_id uuid,
    pushed_at timestamptz,
    finished_at timestamptz,
    outcome text CHECK (outcome IN ('done', 'dead', 'cancelled', 'expired')),
    CHECK ((finished_at IS NULL) = (outcome IS NULL))
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE job_effects (
    job_id uuid PRIMARY KEY,
    kind text NOT NULL,
    run_id text NOT NULL,
    result jsonb,
    applied_at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX job_effects_kind_idx ON job_effects (kind, applied_at);

CALL keep_row_times('schedules', 'job_outbox', 'job_effects');
CREATE INDEX job_outbox_unfinished_idx ON job_outbox (created_at, id) WHERE finished_at IS NULL;
CREATE INDEX job_outbox_finished_idx ON job_outbox (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX job_outbox_batch_id_idx ON job_outbox (batch_id) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX job_outbox_unique_key ON job_outbox (kind, unique_key) WHERE unique_key IS NOT NULL;
",
    down: "DROP TABLE job_effects, job_outbox, schedules;",
}
