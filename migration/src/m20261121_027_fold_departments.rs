//! Names of departments are equal without case: the indexes by which logs and enrolled people of a department are found hold the
//! names folded, under ICU's root collation as everything that is compared so, and the view of departments finds their people
//! however they are spelt. The index of logs holds the name as it is, too, so that counting reads it alone.

use crate::script::migration;

migration! {
    up: &format!("
DROP INDEX attendance_logs_department_idx, face_profiles_department_idx;
CREATE INDEX attendance_logs_department_idx
    ON attendance_logs (lower(department COLLATE \"und-x-icu\"), date DESC, id DESC) INCLUDE (department);
CREATE INDEX face_profiles_department_idx ON face_profiles (lower(department COLLATE \"und-x-icu\"));
{}
ANALYZE attendance_logs, face_profiles;
", stats(|name| format!("lower({name} COLLATE \"und-x-icu\")"))),
    down: &format!("
{}
DROP INDEX attendance_logs_department_idx, face_profiles_department_idx;
CREATE INDEX attendance_logs_department_idx ON attendance_logs (department, date DESC, id DESC);
CREATE INDEX face_profiles_department_idx ON face_profiles (department);
", stats(str::to_owned)),
}

/// The view of departments, which compares names as `key` makes them.
fn stats(key: impl Fn(&str) -> String) -> String {
    let (of_profile, of_log, name) =
        (key("face_profiles.department"), key("logs.department"), key("departments.name"));
    format!(
        "
CREATE OR REPLACE VIEW v_department_stats AS
SELECT departments.id,
       departments.name,
       departments.status,
       departments.location,
       departments.manager_id,
       managers.name AS manager_name,
       (SELECT count(*) FROM users
         WHERE users.department_id = departments.id AND users.deleted_at IS NULL) AS head_count,
       (SELECT count(*) FROM face_profiles
         WHERE {of_profile} = {name} AND face_profiles.status = 'active') AS enrolled,
       recent.present,
       recent.late,
       recent.missed,
       recent.attendance_rate
FROM departments
LEFT JOIN users AS managers ON managers.id = departments.manager_id AND managers.deleted_at IS NULL
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE logs.status = 'present') AS present,
           count(*) FILTER (WHERE logs.status = 'late') AS late,
           count(*) FILTER (WHERE logs.status = 'missed') AS missed,
           (100.0 * count(*) FILTER (WHERE logs.status <> 'missed') / nullif(count(*), 0))::double precision
               AS attendance_rate
    FROM attendance_logs AS logs
    WHERE {of_log} = {name} AND logs.date > (now() AT TIME ZONE 'UTC')::date - 30
) AS recent;"
    )
}
