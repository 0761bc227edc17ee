//! Exports and reports as jobs make them: an export has the id of its job, a report that comes by itself says from which
//! schedule and for whom, and a schedule knows its newest tick.

use crate::script::migration;

migration! {
    up: "
ALTER TABLE export_jobs
    ADD COLUMN schedule_id uuid REFERENCES report_schedules (id) ON DELETE SET NULL;
CREATE INDEX export_jobs_schedule_id_idx ON export_jobs (schedule_id) WHERE schedule_id IS NOT NULL;
CREATE INDEX export_jobs_expires_at_idx ON export_jobs (expires_at) WHERE status = 'completed';
DROP INDEX export_jobs_user_id_idx;
CREATE INDEX export_jobs_user_id_idx ON export_jobs (user_id, created_at DESC, id DESC);
DROP INDEX export_jobs_created_at_idx;
CREATE INDEX export_jobs_created_at_idx ON export_jobs (created_at DESC, id DESC);
ALTER TABLE report_schedules
    ADD COLUMN title text,
    ADD COLUMN last_tick timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN last_run_at timestamptz;
",
    down: "
ALTER TABLE report_schedules DROP COLUMN title, DROP COLUMN last_tick, DROP COLUMN last_run_at;
DROP INDEX export_jobs_created_at_idx;
CREATE INDEX export_jobs_created_at_idx ON export_jobs (created_at DESC);
DROP INDEX export_jobs_user_id_idx;
CREATE INDEX export_jobs_user_id_idx ON export_jobs (user_id);
DROP INDEX export_jobs_expires_at_idx;
ALTER TABLE export_jobs DROP COLUMN schedule_id;
",
}
