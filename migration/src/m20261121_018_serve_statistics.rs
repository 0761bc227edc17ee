//! What statistics are read by. An index that holds every column they count, a third of the table's size, and by day, so that a
//! month is one stretch of it; an index of what Odoo has yet to get, in the order of that list, and one to count
//! what it has; and the enrolled by name.
//!
//! Statistics are remembered until one of their days changes, so a change of a time of arrival or of an accuracy is a
//! change of the day from now on. The end of a day still is none: it moves at every sighting, and nothing remembered shows it.

use crate::script::migration;

migration! {
    up: "
CREATE INDEX attendance_logs_statistics_idx ON attendance_logs (date)
    INCLUDE (employee_id, status, department, camera_id, time_in, accuracy);
CREATE INDEX attendance_logs_unsent_idx ON attendance_logs (date DESC, id DESC)
    WHERE odoo_status IN ('pending', 'failed');
CREATE INDEX attendance_logs_synced_idx ON attendance_logs (date) WHERE odoo_status = 'synced';
CREATE INDEX face_profiles_active_idx ON face_profiles (name, employee_id) WHERE status = 'active';

DROP TRIGGER note_updated ON attendance_logs;
CREATE TRIGGER note_updated AFTER UPDATE ON attendance_logs FOR EACH ROW
    WHEN ((OLD.id, OLD.employee_id, OLD.name, OLD.department, OLD.date, OLD.camera_id, OLD.status, OLD.odoo_status,
           OLD.time_in, OLD.accuracy)
          IS DISTINCT FROM
          (NEW.id, NEW.employee_id, NEW.name, NEW.department, NEW.date, NEW.camera_id, NEW.status, NEW.odoo_status,
           NEW.time_in, NEW.accuracy))
    EXECUTE FUNCTION note_attendance_change();
",
    down: "
DROP TRIGGER note_updated ON attendance_logs;
CREATE TRIGGER note_updated AFTER UPDATE ON attendance_logs FOR EACH ROW
    WHEN ((OLD.id, OLD.employee_id, OLD.name, OLD.department, OLD.date, OLD.camera_id, OLD.status, OLD.odoo_status)
          IS DISTINCT FROM
          (NEW.id, NEW.employee_id, NEW.name, NEW.department, NEW.date, NEW.camera_id, NEW.status, NEW.odoo_status))
    EXECUTE FUNCTION note_attendance_change();

DROP INDEX attendance_logs_statistics_idx, attendance_logs_unsent_idx, attendance_logs_synced_idx, face_profiles_active_idx;
",
}
