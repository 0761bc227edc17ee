//! Cameras and the counters of their days. Both are updated many times a second, so their pages keep room for updates that
//! need no index change (`fillfactor`).

use crate::script::migration;

migration! {
    up: "
CREATE TABLE cameras (
    id text PRIMARY KEY,
    name text NOT NULL,
    location text NOT NULL DEFAULT '',
    stream_type text NOT NULL CHECK (stream_type IN ('RTSP', 'USB', 'HTTP', 'Socket', 'Local File')),
    stream_url text NOT NULL,
    status text NOT NULL DEFAULT 'offline' CHECK (status IN ('online', 'offline', 'maintenance')),
    fps double precision NOT NULL DEFAULT 0 CHECK (fps >= 0),
    latency integer NOT NULL DEFAULT 0 CHECK (latency >= 0),
    bitrate integer NOT NULL DEFAULT 0 CHECK (bitrate >= 0),
    resolution text,
    ip_address inet,
    tags jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tags) = 'array'),
    thumbnail_key text,
    enabled boolean NOT NULL DEFAULT true,
    direction text NOT NULL DEFAULT 'both' CHECK (direction IN ('entry', 'exit', 'both')),
    capture_interval_seconds integer CHECK (capture_interval_seconds > 0),
    last_seen timestamptz,
    last_checked timestamptz,
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0)
) WITH (fillfactor = 60);
CREATE INDEX cameras_status_idx ON cameras (status) WHERE deleted_at IS NULL;
CREATE INDEX cameras_enabled_idx ON cameras (enabled) WHERE deleted_at IS NULL;

CREATE TABLE camera_summaries (
    camera_id text NOT NULL REFERENCES cameras (id),
    date date NOT NULL,
    detections_today integer NOT NULL DEFAULT 0 CHECK (detections_today >= 0),
    unknown_faces integer NOT NULL DEFAULT 0 CHECK (unknown_faces >= 0),
    checks integer NOT NULL DEFAULT 0 CHECK (checks >= 0),
    checks_up integer NOT NULL DEFAULT 0 CHECK (checks_up BETWEEN 0 AND checks),
    uptime_percent double precision NOT NULL
        GENERATED ALWAYS AS (CASE WHEN checks = 0 THEN 100 ELSE 100.0 * checks_up / checks END) STORED,
    PRIMARY KEY (camera_id, date)
) WITH (fillfactor = 60);
CREATE INDEX camera_summaries_date_idx ON camera_summaries (date);

CALL keep_row_times('cameras', 'camera_summaries');
",
    down: "DROP TABLE camera_summaries, cameras;",
}
