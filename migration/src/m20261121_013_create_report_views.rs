//! The two views that reports read. A rate is the share, in percent, of logs that are not `missed`; it is null where there is
//! no log.

use crate::script::migration;

migration! {
    up: "
CREATE VIEW v_monthly_attendance_rate AS
SELECT date_trunc('month', date)::date AS month,
       department,
       count(*) FILTER (WHERE status = 'present') AS present,
       count(*) FILTER (WHERE status = 'late') AS late,
       count(*) FILTER (WHERE status = 'missed') AS missed,
       count(*) AS total,
       (100.0 * count(*) FILTER (WHERE status <> 'missed') / count(*))::double precision AS attendance_rate
FROM attendance_logs
GROUP BY 1, 2;

CREATE VIEW v_department_stats AS
SELECT departments.id,
       departments.name,
       departments.status,
       departments.location,
       departments.manager_id,
       managers.name AS manager_name,
       (SELECT count(*) FROM users
         WHERE users.department_id = departments.id AND users.deleted_at IS NULL) AS head_count,
       (SELECT count(*) FROM face_profiles
         WHERE face_profiles.department = departments.name AND face_profiles.status = 'active') AS enrolled,
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
    WHERE logs.department = departments.name AND logs.date > (now() AT TIME ZONE 'UTC')::date - 30
) AS recent;
",
    down: "DROP VIEW v_department_stats, v_monthly_attendance_rate;",
}
