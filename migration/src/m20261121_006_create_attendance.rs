//! Shifts, attendance logs and present whereabouts. Every filter of the list of logs has an index that ends in the list's own
//! order, so that a page is read and never sorted; what is searched stands in one column with a trigram index.
//!
//! The search column is folded under ICU's root collation, which knows every script whatever the server's locale; its parts are
//! apart by line feeds, so that no match reaches from one into the next.

use crate::script::migration;

migration! {
    up: r#"
CREATE TABLE shift_schedules (
    id text PRIMARY KEY,
    name text NOT NULL,
    start_time time NOT NULL,
    end_time time NOT NULL,
    days integer[] NOT NULL CHECK (cardinality(days) > 0 AND days <@ ARRAY[1, 2, 3, 4, 5, 6, 7]),
    location text,
    grace_minutes integer NOT NULL DEFAULT 0 CHECK (grace_minutes BETWEEN 0 AND 1439),
    expected_headcount integer NOT NULL DEFAULT 0 CHECK (expected_headcount >= 0),
    department_id uuid REFERENCES departments (id) ON DELETE CASCADE,
    CHECK (start_time <> end_time)
);
CREATE INDEX shift_schedules_department_id_idx ON shift_schedules (department_id);

CREATE TABLE attendance_logs (
    id text PRIMARY KEY,
    employee_id text NOT NULL,
    name text NOT NULL,
    department text,
    date date NOT NULL,
    time_in time,
    time_out time,
    check_in_at timestamptz,
    check_out_at timestamptz,
    camera_id text,
    camera_name text,
    accuracy double precision CHECK (accuracy BETWEEN 0 AND 100),
    recognition_distance double precision CHECK (recognition_distance >= 0),
    status text NOT NULL CHECK (status IN ('present', 'late', 'missed')),
    source text NOT NULL CHECK (source IN ('camera', 'manual', 'face')),
    verification_status text NOT NULL DEFAULT 'auto'
        CHECK (verification_status IN ('auto', 'confirmed', 'rejected')),
    note text,
    shift_id text REFERENCES shift_schedules (id) ON DELETE SET NULL,
    face_image_id uuid REFERENCES face_images (id) ON DELETE SET NULL,
    location text,
    device_id text,
    odoo_status text NOT NULL DEFAULT 'pending'
        CHECK (odoo_status IN ('pending', 'synced', 'failed', 'skipped')),
    odoo_sent jsonb,
    odoo_attendance_id bigint,
    odoo_sync_time timestamptz,
    odoo_error_message text,
    odoo_attempts integer NOT NULL DEFAULT 0 CHECK (odoo_attempts >= 0),
    search_text text NOT NULL GENERATED ALWAYS AS (
        lower((name || E'\n' || employee_id || E'\n' || id) COLLATE "und-x-icu")) STORED,
    CHECK (check_out_at >= check_in_at)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX attendance_logs_employee_date_key ON attendance_logs (employee_id, date);
CREATE INDEX attendance_logs_date_idx ON attendance_logs (date DESC, id DESC);
CREATE INDEX attendance_logs_status_idx ON attendance_logs (status, date DESC, id DESC);
CREATE INDEX attendance_logs_camera_id_idx ON attendance_logs (camera_id, date DESC, id DESC);
CREATE INDEX attendance_logs_department_idx ON attendance_logs (department, date DESC, id DESC);
CREATE INDEX attendance_logs_odoo_status_idx ON attendance_logs (odoo_status, date DESC, id DESC)
    WHERE odoo_status <> 'synced';
CREATE INDEX attendance_logs_search_idx ON attendance_logs USING gin (search_text gin_trgm_ops);
CREATE INDEX attendance_logs_face_image_id_idx ON attendance_logs (face_image_id) WHERE face_image_id IS NOT NULL;

CREATE TABLE attendance_records (
    id uuid PRIMARY KEY,
    person_id text NOT NULL UNIQUE,
    name text NOT NULL,
    role text,
    department text,
    status text NOT NULL CHECK (status IN ('on-site', 'off-site', 'remote')),
    accuracy double precision CHECK (accuracy BETWEEN 0 AND 100),
    timestamp timestamptz NOT NULL,
    camera_id text,
    camera_name text,
    thumbnail_key text
);
CREATE INDEX attendance_records_timestamp_idx ON attendance_records (timestamp DESC);

CALL keep_row_times('shift_schedules', 'attendance_logs', 'attendance_records');
"#,
    down: "DROP TABLE attendance_records, attendance_logs, shift_schedules;",
}
