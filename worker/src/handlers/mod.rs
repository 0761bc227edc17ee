//! One file a kind: what its jobs do.

mod capture_frame;
mod check_camera_health;
mod cleanup_capture_guards;
mod cleanup_old_data;
mod close_attendance_day;
mod delete_odoo_record;
mod expire_presence;
mod generate_export;
mod generate_report;
mod odoo_sync;
mod recompute_day;
mod sample_cameras;
mod scheduled_odoo_sync;
mod send_email;
mod send_frame;
mod test_detection_provider;
