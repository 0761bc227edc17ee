//! Files made for users, and the reports that come by themselves.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE export_jobs (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    type text NOT NULL CHECK (type IN ('attendance', 'daily', 'monthly', 'department', 'audit', 'history')),
    format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'pdf')),
    title text,
    description text,
    filters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(filters) = 'object'),
    status text NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'processing', 'completed', 'failed', 'expired')),
    progress integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    record_count bigint CHECK (record_count >= 0),
    file_size bigint CHECK (file_size >= 0),
    s3_key text,
    error_message text,
    generated_at timestamptz,
    expires_at timestamptz
);

CREATE TABLE report_schedules (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    cron text NOT NULL,
    timezone text NOT NULL DEFAULT 'UTC',
    type text NOT NULL CHECK (type IN ('attendance', 'daily', 'monthly', 'department', 'audit', 'history')),
    format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'pdf')),
    filters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(filters) = 'object'),
    recipients jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(recipients) = 'array'),
    enabled boolean NOT NULL DEFAULT true
);
CREATE INDEX report_schedules_user_id_idx ON report_schedules (user_id);

CALL keep_row_times('export_jobs', 'report_schedules');
CREATE INDEX export_jobs_user_id_idx ON export_jobs (user_id);
CREATE INDEX export_jobs_status_idx ON export_jobs (status);
CREATE INDEX export_jobs_created_at_idx ON export_jobs (created_at DESC);
",
    down: "DROP TABLE report_schedules, export_jobs;",
}
