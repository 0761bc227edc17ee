//! The Odoo connection and what each record of each sync came to.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE odoo_config (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    base_url text NOT NULL DEFAULT '',
    database text NOT NULL DEFAULT '',
    username text NOT NULL DEFAULT '',
    company text,
    api_key text,
    auto_sync boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'disconnected' CHECK (status IN ('connected', 'disconnected', 'error')),
    last_sync timestamptz,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0)
);

CREATE TABLE odoo_sync_logs (
    id uuid PRIMARY KEY,
    job_id uuid NOT NULL,
    timestamp timestamptz NOT NULL,
    attendance_log_id text,
    employee_id text NOT NULL,
    result text NOT NULL CHECK (result IN ('success', 'failure')),
    message text
);
CREATE INDEX odoo_sync_logs_timestamp_idx ON odoo_sync_logs (timestamp DESC, id DESC);
CREATE INDEX odoo_sync_logs_result_idx ON odoo_sync_logs (result, timestamp DESC, id DESC);

CALL keep_row_times('odoo_config', 'odoo_sync_logs');
",
    down: "DROP TABLE odoo_sync_logs, odoo_config;",
}
