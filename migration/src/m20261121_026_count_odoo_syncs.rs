//! How many records of syncs there are, by day and result, so that a list of them tells its `total` without counting millions: they
//! are never removed. Triggers keep the counts in the very transaction that changes the records, as those of
//! `m20261121_022_count_detection_events` do; see `docs/adr/0004-count-events-as-they-come.md`.
//!
//! Two transactions meet at a count only where a deletion ends while a sync stores a batch: both wait for nothing else after it, and
//! keys are taken in order, so nobody can deadlock here.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE odoo_sync_counts (
    day date NOT NULL,
    result text NOT NULL CHECK (result IN ('success', 'failure')),
    records bigint NOT NULL CHECK (records >= 0),
    PRIMARY KEY (day, result)
) WITH (fillfactor = 70);
CALL keep_row_times('odoo_sync_counts');

CREATE OR REPLACE FUNCTION count_odoo_syncs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO odoo_sync_counts AS known (day, result, records)
    SELECT (timestamp AT TIME ZONE 'UTC')::date, result, count(*) FROM added GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (day, result) DO UPDATE SET records = known.records + excluded.records;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION discount_odoo_syncs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM odoo_sync_counts
    WHERE (day, result) IN (SELECT (timestamp AT TIME ZONE 'UTC')::date, result FROM removed)
    ORDER BY day, result FOR UPDATE;
    UPDATE odoo_sync_counts AS known SET records = known.records - gone.records
    FROM (SELECT (timestamp AT TIME ZONE 'UTC')::date AS day, result, count(*) AS records FROM removed GROUP BY 1, 2) AS gone
    WHERE (known.day, known.result) = (gone.day, gone.result);
    DELETE FROM odoo_sync_counts
    WHERE records = 0 AND day IN (SELECT (timestamp AT TIME ZONE 'UTC')::date FROM removed);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION forget_odoo_sync_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM odoo_sync_counts;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_inserted AFTER INSERT ON odoo_sync_logs
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_odoo_syncs();
CREATE TRIGGER count_deleted AFTER DELETE ON odoo_sync_logs
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION discount_odoo_syncs();
CREATE TRIGGER count_updated_to AFTER UPDATE ON odoo_sync_logs
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_odoo_syncs();
CREATE TRIGGER discount_updated_from AFTER UPDATE ON odoo_sync_logs
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION discount_odoo_syncs();
CREATE TRIGGER count_truncated AFTER TRUNCATE ON odoo_sync_logs
    FOR EACH STATEMENT EXECUTE FUNCTION forget_odoo_sync_counts();

-- The triggers hold writers off until the end of this transaction: nothing is counted twice, and nothing missed.
INSERT INTO odoo_sync_counts (day, result, records)
SELECT (timestamp AT TIME ZONE 'UTC')::date, result, count(*) FROM odoo_sync_logs GROUP BY 1, 2;
",
    down: "
DROP TRIGGER count_inserted ON odoo_sync_logs;
DROP TRIGGER count_deleted ON odoo_sync_logs;
DROP TRIGGER count_updated_to ON odoo_sync_logs;
DROP TRIGGER discount_updated_from ON odoo_sync_logs;
DROP TRIGGER count_truncated ON odoo_sync_logs;
DROP FUNCTION count_odoo_syncs();
DROP FUNCTION discount_odoo_syncs();
DROP FUNCTION forget_odoo_sync_counts();
DROP TABLE odoo_sync_counts;
",
}
