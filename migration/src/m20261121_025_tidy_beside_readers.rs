//! What lets the daily clean-up work beside readers: the exports that ended, in the order in which their rows go; and a day of
//! detections that is made waits for readers of the default partition no longer than one that is dropped, so that others do not
//! queue behind it (a dump of the database holds every table until its end).

use crate::script::migration;

migration! {
    up: r#"
CREATE INDEX export_jobs_ended_idx ON export_jobs (updated_at) WHERE status IN ('failed', 'expired');

-- With a lock_timeout of its own the function gives back the caller's at its end.
CREATE OR REPLACE FUNCTION ensure_detection_partitions(first_day date, days integer) RETURNS integer
LANGUAGE plpgsql SET lock_timeout = 0 AS $$
DECLARE
    day date;
    part text;
    made integer := 0;
BEGIN
    -- Two callers at once would race for the same names.
    PERFORM pg_advisory_xact_lock(hashtext('ensure_detection_partitions'));
    SET LOCAL lock_timeout = '200ms';
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
"#,
    down: r#"
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

DROP INDEX export_jobs_ended_idx;
"#,
}
