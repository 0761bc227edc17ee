//! What lets a sync with Odoo go on where it stopped: the logs that wait, in the order in which they are sent; what a job has dealt
//! with already; which of somebody's logs stand open there; and one person's results.

use crate::script::migration;

migration! {
    up: "
CREATE INDEX attendance_logs_to_sync_idx ON attendance_logs (date, id)
    WHERE odoo_status IN ('pending', 'failed') OR (odoo_status = 'skipped' AND odoo_sent IS NOT NULL);
CREATE INDEX attendance_logs_open_in_odoo_idx ON attendance_logs (employee_id)
    WHERE odoo_attendance_id IS NOT NULL AND odoo_sent ->> 'checkOut' IS NULL;
CREATE INDEX odoo_sync_logs_job_id_idx ON odoo_sync_logs (job_id, attendance_log_id);
CREATE INDEX odoo_sync_logs_employee_id_idx ON odoo_sync_logs (employee_id, timestamp DESC, id DESC);
",
    down: "
DROP INDEX odoo_sync_logs_employee_id_idx;
DROP INDEX odoo_sync_logs_job_id_idx;
DROP INDEX attendance_logs_open_in_odoo_idx;
DROP INDEX attendance_logs_to_sync_idx;
",
}
