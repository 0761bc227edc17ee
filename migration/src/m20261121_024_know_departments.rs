//! That a person is in one department, and not in each: told to the planner, so that sums by both are kept in memory and not sorted on disk.

use crate::script::migration;

migration! {
    up: "
CREATE STATISTICS attendance_logs_people_stats (ndistinct) ON employee_id, department FROM attendance_logs;
ANALYZE attendance_logs;",
    down: "DROP STATISTICS attendance_logs_people_stats;",
}
