//! Which fields of a log people entered, so that cameras fill in the rest and a recomputation keeps the entered ones; and which
//! days of the site were closed, so that a day is closed once, and after an outage every day that was not.
//!
//! Until now a log of source `manual` was entered as a whole, so that is what its fields are marked as.

use crate::script::migration;

migration! {
    up: "
ALTER TABLE attendance_logs
    ADD COLUMN check_in_entered boolean NOT NULL DEFAULT false,
    ADD COLUMN check_out_entered boolean NOT NULL DEFAULT false,
    ADD COLUMN status_entered boolean NOT NULL DEFAULT false;
UPDATE attendance_logs
SET check_in_entered = check_in_at IS NOT NULL, check_out_entered = check_out_at IS NOT NULL, status_entered = true
WHERE source = 'manual';
ALTER TABLE attendance_logs
    ADD CONSTRAINT attendance_logs_check_in_entered_check CHECK (check_in_at IS NOT NULL OR NOT check_in_entered),
    ADD CONSTRAINT attendance_logs_check_out_entered_check CHECK (check_out_at IS NOT NULL OR NOT check_out_entered);
-- The few logs that a close of the day has to end.
CREATE INDEX attendance_logs_open_idx ON attendance_logs (date)
    WHERE check_out_at IS NULL AND check_in_at IS NOT NULL;
-- How each shift was kept; removing a shift looks its logs up by this, too.
CREATE INDEX attendance_logs_shift_id_idx ON attendance_logs (shift_id, date, status) WHERE shift_id IS NOT NULL;

CREATE TABLE closed_days (
    date date PRIMARY KEY,
    closed_at timestamptz NOT NULL,
    checked_out integer NOT NULL CHECK (checked_out >= 0),
    missed integer NOT NULL CHECK (missed >= 0)
);
CALL keep_row_times('closed_days');
",
    down: "
DROP TABLE closed_days;
DROP INDEX attendance_logs_open_idx, attendance_logs_shift_id_idx;
ALTER TABLE attendance_logs
    DROP COLUMN check_in_entered, DROP COLUMN check_out_entered, DROP COLUMN status_entered;
",
}
