//! Which days of attendance changed, and by which transaction, so that whoever has counted logs need not count those again
//! that nobody touched. Triggers note it in the very transaction that changes a log, so no writer can forget it and none can die
//! before it; see `docs/adr/0002-count-what-changed.md`.
//!
//! A transaction takes a day's row that no other holds, or makes one more, so nobody waits here and nobody can deadlock. A day has
//! as many rows as transactions have ever changed it at once. Overwriting an older transaction's id loses nothing: that one
//! had committed, so whoever has not seen it has not seen the newer one either.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE attendance_log_changes (
    changed_by xid8 NOT NULL,
    date date NOT NULL,
    PRIMARY KEY (changed_by, date)
);
CREATE INDEX attendance_log_changes_date_idx ON attendance_log_changes (date);
CALL keep_row_times('attendance_log_changes');

CREATE OR REPLACE FUNCTION note_attendance_changes(days date[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    day date;
BEGIN
    FOREACH day IN ARRAY days LOOP
        CONTINUE WHEN EXISTS (
            SELECT FROM attendance_log_changes WHERE changed_by = pg_current_xact_id() AND date = day);
        UPDATE attendance_log_changes SET changed_by = pg_current_xact_id()
        WHERE ctid = (SELECT ctid FROM attendance_log_changes WHERE date = day FOR UPDATE SKIP LOCKED LIMIT 1);
        IF NOT FOUND THEN
            INSERT INTO attendance_log_changes (changed_by, date) VALUES (pg_current_xact_id(), day);
        END IF;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION note_attendance_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM note_attendance_changes(ARRAY[OLD.date, NEW.date]);
    ELSIF TG_OP = 'TRUNCATE' THEN
        PERFORM note_attendance_changes(ARRAY(SELECT DISTINCT date FROM attendance_logs));
    ELSE
        PERFORM note_attendance_changes(ARRAY(SELECT DISTINCT date FROM changed));
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER note_inserted AFTER INSERT ON attendance_logs
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_attendance_change();
CREATE TRIGGER note_deleted AFTER DELETE ON attendance_logs
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_attendance_change();
CREATE TRIGGER note_truncated BEFORE TRUNCATE ON attendance_logs
    FOR EACH STATEMENT EXECUTE FUNCTION note_attendance_change();
-- Only what a list is filtered or ordered by: the end of a day moves at every sighting, and changes no list.
CREATE TRIGGER note_updated AFTER UPDATE ON attendance_logs FOR EACH ROW
    WHEN ((OLD.id, OLD.employee_id, OLD.name, OLD.department, OLD.date, OLD.camera_id, OLD.status, OLD.odoo_status)
          IS DISTINCT FROM
          (NEW.id, NEW.employee_id, NEW.name, NEW.department, NEW.date, NEW.camera_id, NEW.status, NEW.odoo_status))
    EXECUTE FUNCTION note_attendance_change();
",
    down: "
DROP TRIGGER note_inserted ON attendance_logs;
DROP TRIGGER note_deleted ON attendance_logs;
DROP TRIGGER note_truncated ON attendance_logs;
DROP TRIGGER note_updated ON attendance_logs;
DROP FUNCTION note_attendance_change();
DROP FUNCTION note_attendance_changes(date[]);
DROP TABLE attendance_log_changes;
",
}
