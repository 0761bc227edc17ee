//! How many events the log of detections has, by day, camera and status, so that a list of them tells its `total` without
//! counting millions. Triggers keep the counts in the very transaction that changes the log.
//!
//! Two transactions meet at a count only where one camera has two looks at once; the row of the camera's day orders those
//! already (`camera_summaries`). Keys are taken in order, so that statements over many cameras cannot deadlock.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE detection_event_counts (
    day date NOT NULL,
    camera_id text NOT NULL,
    status text NOT NULL CHECK (status IN ('received', 'processing', 'error')),
    events bigint NOT NULL CHECK (events >= 0),
    PRIMARY KEY (day, camera_id, status)
) WITH (fillfactor = 70);
CALL keep_row_times('detection_event_counts');

CREATE OR REPLACE FUNCTION count_detection_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO detection_event_counts AS known (day, camera_id, status, events)
    SELECT (timestamp AT TIME ZONE 'UTC')::date, camera_id, status, count(*) FROM added GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (day, camera_id, status) DO UPDATE SET events = known.events + excluded.events;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION discount_detection_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM detection_event_counts
    WHERE (day, camera_id, status) IN (SELECT (timestamp AT TIME ZONE 'UTC')::date, camera_id, status FROM removed)
    ORDER BY day, camera_id, status FOR UPDATE;
    UPDATE detection_event_counts AS known SET events = known.events - gone.events
    FROM (SELECT (timestamp AT TIME ZONE 'UTC')::date AS day, camera_id, status, count(*) AS events
          FROM removed GROUP BY 1, 2, 3) AS gone
    WHERE (known.day, known.camera_id, known.status) = (gone.day, gone.camera_id, gone.status);
    DELETE FROM detection_event_counts
    WHERE events = 0 AND day IN (SELECT (timestamp AT TIME ZONE 'UTC')::date FROM removed);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION forget_detection_event_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM detection_event_counts;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_inserted AFTER INSERT ON detection_event_logs
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_detection_events();
CREATE TRIGGER count_deleted AFTER DELETE ON detection_event_logs
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION discount_detection_events();
CREATE TRIGGER count_updated_to AFTER UPDATE ON detection_event_logs
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_detection_events();
CREATE TRIGGER discount_updated_from AFTER UPDATE ON detection_event_logs
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION discount_detection_events();
CREATE TRIGGER count_truncated AFTER TRUNCATE ON detection_event_logs
    FOR EACH STATEMENT EXECUTE FUNCTION forget_detection_event_counts();

-- The triggers hold writers off until the end of this transaction: nothing is counted twice, and nothing missed.
INSERT INTO detection_event_counts (day, camera_id, status, events)
SELECT (timestamp AT TIME ZONE 'UTC')::date, camera_id, status, count(*) FROM detection_event_logs GROUP BY 1, 2, 3;
",
    down: "
DROP TRIGGER count_inserted ON detection_event_logs;
DROP TRIGGER count_deleted ON detection_event_logs;
DROP TRIGGER count_updated_to ON detection_event_logs;
DROP TRIGGER discount_updated_from ON detection_event_logs;
DROP TRIGGER count_truncated ON detection_event_logs;
DROP FUNCTION count_detection_events();
DROP FUNCTION discount_detection_events();
DROP FUNCTION forget_detection_event_counts();
DROP TABLE detection_event_counts;
",
}
