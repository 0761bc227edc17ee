//! Readings of the machines, parts of the system, and the settings that administrators change.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE system_metrics (
    id uuid PRIMARY KEY,
    host text NOT NULL,
    category text NOT NULL CHECK (category IN ('cpu', 'gpu', 'memory', 'disk', 'network')),
    label text NOT NULL,
    value double precision NOT NULL,
    unit text,
    limit_value double precision,
    timestamp timestamptz NOT NULL
);
CREATE INDEX system_metrics_category_idx ON system_metrics (category, timestamp DESC);
CREATE INDEX system_metrics_timestamp_idx ON system_metrics (timestamp);

CREATE TABLE system_services (
    id text PRIMARY KEY,
    name text NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'degraded', 'stopped')),
    version text,
    uptime bigint CHECK (uptime >= 0),
    last_restart timestamptz
);

CREATE TABLE system_config (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    data_type text NOT NULL CHECK (data_type IN ('string', 'integer', 'boolean', 'timezone', 'list')),
    description text NOT NULL,
    category text NOT NULL,
    is_editable boolean NOT NULL DEFAULT true
);

CALL keep_row_times('system_metrics', 'system_services', 'system_config');
",
    down: "DROP TABLE system_config, system_services, system_metrics;",
}
