//! When a schedule last ran, apart from `last_tick`, which also marks the moment from which a new, enabled or changed schedule
//! counts.

use crate::script::migration;

migration! {
    up: "
ALTER TABLE schedules ADD COLUMN last_run_at timestamptz;
UPDATE schedules SET last_run_at = last_tick WHERE last_outcome IS NOT NULL;
",
    down: "ALTER TABLE schedules DROP COLUMN last_run_at;",
}
