//! What every table shares: the times of its rows, and the counters behind the ids that people read.
//! `keep_row_times` gives a table `created_at` and `updated_at` with the trigger that moves the latter, so that no statement,
//! whoever wrote it, can forget to.

use crate::script::migration;

migration! {
    up: "
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE OR REPLACE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE OR REPLACE PROCEDURE keep_row_times(VARIADIC tables text[]) LANGUAGE plpgsql AS $$
DECLARE
    target text;
BEGIN
    FOREACH target IN ARRAY tables LOOP
        EXECUTE format(
            'ALTER TABLE %I
                 ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
                 ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now()', target);
        EXECUTE format(
            'CREATE TRIGGER touch_updated_at BEFORE UPDATE ON %I
                 FOR EACH ROW EXECUTE FUNCTION touch_updated_at()', target);
    END LOOP;
END
$$;

CREATE TABLE id_counters (
    scope text PRIMARY KEY,
    last bigint NOT NULL CHECK (last > 0)
);

CALL keep_row_times('id_counters');
",
    // The extension stays: the database may have had it before, and others may use it.
    down: "
DROP TABLE id_counters;
DROP PROCEDURE keep_row_times(text[]);
DROP FUNCTION touch_updated_at();
",
}
