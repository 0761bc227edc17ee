//! Detections, partitioned by day (UTC), with the functions that make and drop the days; the event log; the provider's settings.
//!
//! A day is made apart and then attached, which leaves readers of the other days alone. Rows of a day that has no partition
//! go to the default one; such a day cannot be made any more, so it is skipped and its rows stay there.

use crate::script::migration;

migration! {
    up: r#"
CREATE TABLE detections (
    id uuid NOT NULL,
    timestamp timestamptz NOT NULL,
    job_id uuid,
    person_id text,
    name text,
    camera_id text NOT NULL,
    confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 100),
    track_id text,
    bounding_box jsonb,
    thumbnail_key text,
    status text NOT NULL CHECK (status IN ('authorized', 'visitor', 'unknown')),
    provider_kind text NOT NULL CHECK (provider_kind IN ('rollcall', 'compreface', 'deepstack', 'http')),
    provider_score double precision,
    automatic boolean NOT NULL DEFAULT false,
    PRIMARY KEY (id, timestamp)
) PARTITION BY RANGE (timestamp);
CALL keep_row_times('detections');
CREATE INDEX detections_timestamp_idx ON detections (timestamp DESC);
CREATE INDEX detections_camera_id_idx ON detections (camera_id, timestamp DESC);
CREATE INDEX detections_person_id_idx ON detections (person_id, timestamp DESC) WHERE person_id IS NOT NULL;
CREATE TABLE detections_default PARTITION OF detections DEFAULT;

CREATE OR REPLACE FUNCTION ensure_detection_partitions(first_day date, days integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    day date;
    part text;
    made integer := 0;
BEGIN
    -- Two callers at once would race for the same names.
    PERFORM pg_advisory_xact_lock(hashtext('ensure_detection_partitions'));
    FOR day IN SELECT first_day + n FROM generate_series(0, days - 1) AS n LOOP
        part := 'detections_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE %I (LIKE detections INCLUDING ALL)', part);
            EXECUTE format(
                'ALTER TABLE detections ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                part, to_char(day, 'YYYY-MM-DD" 00:00:00+00"'), to_char(day + 1, 'YYYY-MM-DD" 00:00:00+00"'));
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE NOTICE 'the default partition holds rows of %, which stay there', day;
        END;
    END LOOP;
    RETURN made;
END
$$;

-- Dropping a day needs the whole table for an instant: it waits for that no longer than lock_timeout, so that readers
-- queue behind it no longer either, and the caller comes back later.
CREATE OR REPLACE FUNCTION drop_detection_partitions(before_day date) RETURNS integer
LANGUAGE plpgsql SET lock_timeout = '200ms' AS $$
DECLARE
    part regclass;
    dropped integer := 0;
BEGIN
    FOR part IN
        SELECT inhrelid::regclass
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'detections'::regclass
          AND relname ~ '^detections_\d{8}$'
          AND to_date(right(relname, 8), 'YYYYMMDD') < before_day
        ORDER BY relname
    LOOP
        EXECUTE format('DROP TABLE %s', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

SELECT ensure_detection_partitions((now() AT TIME ZONE 'UTC')::date - 1, 9);

CREATE TABLE detection_event_logs (
    id uuid PRIMARY KEY,
    job_id uuid NOT NULL,
    camera_id text NOT NULL,
    camera_name text NOT NULL,
    timestamp timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('received', 'processing', 'error')),
    latency_ms integer CHECK (latency_ms >= 0),
    payload jsonb,
    error_message text
);
CREATE INDEX detection_event_logs_timestamp_idx ON detection_event_logs (timestamp DESC, id DESC);
CREATE INDEX detection_event_logs_camera_id_idx ON detection_event_logs (camera_id, timestamp DESC, id DESC);
CREATE INDEX detection_event_logs_status_idx ON detection_event_logs (status, timestamp DESC, id DESC);

CREATE TABLE detection_provider_config (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    provider_name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('rollcall', 'compreface', 'deepstack', 'http')),
    endpoint text NOT NULL,
    api_key text,
    enabled boolean NOT NULL DEFAULT true,
    min_confidence double precision NOT NULL CHECK (min_confidence BETWEEN 0 AND 100),
    timeout_ms integer NOT NULL CHECK (timeout_ms > 0),
    status text NOT NULL DEFAULT 'offline' CHECK (status IN ('connected', 'degraded', 'offline')),
    last_heartbeat timestamptz,
    average_latency_ms double precision NOT NULL DEFAULT 0 CHECK (average_latency_ms >= 0),
    version integer NOT NULL DEFAULT 1 CHECK (version > 0)
);

CALL keep_row_times('detection_event_logs', 'detection_provider_config');
"#,
    down: "
DROP TABLE detection_provider_config, detection_event_logs, detections;
DROP FUNCTION drop_detection_partitions(date);
DROP FUNCTION ensure_detection_partitions(date, integer);
",
}
