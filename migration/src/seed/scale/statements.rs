//! The statements that make a site. Numbers from hashes stand in for chance, so that every run makes the same rows.

/// `$1` cameras. They are off, so that nothing tries to reach them: the addresses are those of documentation (RFC 5737).
pub(super) const CAMERAS: &str = "
INSERT INTO cameras (id, name, location, stream_type, stream_url, status, enabled, direction, resolution, tags)
SELECT 'CAM-' || lpad(n::text, 4, '0'), 'Camera ' || n, 'Floor ' || n % 20, 'RTSP', 'rtsp://192.0.2.1/' || n, 'maintenance', false,
       (ARRAY['both', 'entry', 'exit'])[n % 3 + 1], '1920x1080', '[\"made up\"]'
FROM generate_series(1, $1) AS n";

/// `$1` people, a few of them of no department.
pub(super) const PEOPLE: &str = "
WITH made AS (
    INSERT INTO departments (id, name) SELECT gen_random_uuid(), 'Department ' || n FROM generate_series(1, 20) AS n
    ON CONFLICT DO NOTHING)
INSERT INTO face_profiles (id, employee_id, name, department, status, consent_at)
SELECT gen_random_uuid(), 'EMP-' || lpad(n::text, 5, '0'),
       (ARRAY['Ada', 'Björn', 'Chiara', 'Dmitri', 'Elif', 'Farid', 'Grace', 'Hiro', 'Ingrid', 'Jürgen', 'Kamala'])[n % 11 + 1] || ' '
       || (ARRAY['Adler', 'Bauer', 'Costa', 'Dvořák', 'Eriksen', 'Fischer', 'García'])[n % 7 + 1] || ' ' || n,
       CASE WHEN n % 50 > 0 THEN 'Department ' || n % 20 + 1 END, 'active', now()
FROM generate_series(1, $1) AS n";

/// Where everybody is; `$1` cameras.
pub(super) const PRESENCE: &str = "
INSERT INTO attendance_records (id, person_id, name, department, status, accuracy, timestamp, camera_id, camera_name)
SELECT gen_random_uuid(), employee_id, name, department, CASE WHEN n % 3 = 0 THEN 'off-site' ELSE 'on-site' END, 90 + n % 10,
       now() - n * interval '1 second', 'CAM-' || lpad((n % $1 + 1)::text, 4, '0'), 'Camera ' || n % $1 + 1
FROM (SELECT *, row_number() OVER (ORDER BY employee_id) AS n FROM face_profiles) AS person";

/// The counters of all cameras on `$1` days.
pub(super) const SUMMARIES: &str = "
INSERT INTO camera_summaries (camera_id, date, detections_today, unknown_faces, checks, checks_up)
SELECT id, current_date - age, 100 + age, age % 7, 1440, 1440 - age % 5 FROM cameras, generate_series(1, $1) AS age";

/// `$1` logs: `$2` days back from yesterday, `$3` people a day, `$4` cameras. One in ten works by night, across midnight; one in twelve
/// is late, one in twenty-five does not come. Odoo has all but the last day's and a few that it refused.
pub(super) const LOGS: &str = "
INSERT INTO attendance_logs (id, employee_id, name, department, date, check_in_at, check_out_at, time_in, time_out, camera_id,
                             camera_name, accuracy, status, source, shift_id, odoo_status, odoo_error_message)
SELECT 'ATT-' || to_char(day, 'YYYYMMDD') || '-' || lpad(n::text, 5, '0'), employee_id, person.name, department, day, came, went,
       (came AT TIME ZONE zone)::time, (went AT TIME ZONE zone)::time,
       CASE WHEN NOT missed THEN 'CAM-' || lpad((n % $4 + 1)::text, 4, '0') END,
       CASE WHEN NOT missed THEN 'Camera ' || n % $4 + 1 END,
       CASE WHEN NOT missed THEN 85 + chance % 60 / 4.0 END,
       CASE WHEN missed THEN 'missed' WHEN chance % 12 = 0 THEN 'late' ELSE 'present' END, 'camera', shift.id,
       CASE WHEN missed THEN 'skipped' WHEN age = 1 THEN 'pending' WHEN chance % 400 = 1 THEN 'failed' ELSE 'synced' END,
       CASE WHEN age > 1 AND chance % 400 = 1 THEN 'no such employee' END
FROM (SELECT coalesce((SELECT value #>> '{}' FROM system_config WHERE key = 'attendance.timezone'), 'UTC') AS zone) AS site
CROSS JOIN LATERAL generate_series($2::integer, 1, -1) AS age
CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE zone)::date - age AS day) AS dated
CROSS JOIN (SELECT *, row_number() OVER (ORDER BY employee_id) AS n FROM face_profiles) AS person
CROSS JOIN LATERAL (SELECT hashint8(n * 1000 + age) & 2147483647 AS chance, n % 10 = 0 AS by_night) AS drawn
CROSS JOIN LATERAL (SELECT chance % 25 = 2 AS missed) AS absence
CROSS JOIN LATERAL (
    SELECT CASE WHEN NOT missed THEN
        (day + CASE WHEN by_night THEN time '21:40' ELSE time '08:40' END + chance % 2400 * interval '1 second') AT TIME ZONE zone
    END AS came) AS arrival
CROSS JOIN LATERAL (SELECT came + interval '8 hours' + chance % 1800 * interval '1 second' AS went) AS departure
LEFT JOIN shift_schedules AS shift ON shift.id = CASE WHEN by_night THEN 'SHIFT-NIGHT' ELSE 'SHIFT-DAY' END
WHERE n <= $3 AND (age - 1) * $3 + n <= $1";

/// The next log of a day goes on after the made ones.
pub(super) const NUMBERS: &str = "
INSERT INTO id_counters (scope, last)
SELECT 'ATT-' || to_char(date, 'YYYYMMDD'), max(split_part(id, '-', 3)::bigint) FROM attendance_logs GROUP BY date
ON CONFLICT (scope) DO UPDATE SET last = greatest(id_counters.last, excluded.last)";

/// What Odoo said of each log that was sent, by a sync of the night after.
pub(super) const SYNCS: &str = "
INSERT INTO odoo_sync_logs (id, job_id, timestamp, attendance_log_id, employee_id, result, message)
SELECT gen_random_uuid(), md5(date::text)::uuid, date + interval '26 hours', id, employee_id,
       CASE odoo_status WHEN 'failed' THEN 'failure' ELSE 'success' END, odoo_error_message
FROM attendance_logs WHERE odoo_status IN ('synced', 'failed')";

/// `$1` actions over `$2` days.
pub(super) const AUDIT: &str = "
INSERT INTO audit_logs (id, actor, action, resource_type, resource_id, message, severity, status, request_id, timestamp)
SELECT gen_random_uuid(), 'user' || n % 97 || '@example.org', (ARRAY['camera.update', 'attendance.update', 'user.login'])[n % 3 + 1],
       (ARRAY['camera', 'attendance', 'user'])[n % 3 + 1], (n % 1000)::text, 'Made up', (ARRAY['info', 'info', 'info', 'warning'])[n % 4 + 1],
       CASE WHEN n % 20 = 0 THEN 'failure' ELSE 'success' END, gen_random_uuid(), now() - n * ($2 * interval '1 day' / $1)
FROM generate_series(1, $1) AS n";

/// `$1` alerts over `$2` days about `$3` cameras, nearly all over.
pub(super) const ALERTS: &str = "
INSERT INTO alerts (id, title, level, kind, timestamp, camera_id, acknowledged, resolved_at)
SELECT gen_random_uuid()::text, 'Made up', (ARRAY['low', 'medium', 'high', 'critical'])[n % 4 + 1],
       (ARRAY['unknown_face', 'camera_offline'])[n % 2 + 1], now() - n * ($2 * interval '1 day' / $1),
       'CAM-' || lpad((n % $3 + 1)::text, 4, '0'), n % 5 > 0, CASE WHEN n % 50 > 0 THEN now() END
FROM generate_series(1, $1) AS n";

/// `$1` looks at frames over the 30 days for which they are kept, of `$2` cameras.
pub(super) const EVENTS: &str = "
INSERT INTO detection_event_logs (id, job_id, camera_id, camera_name, timestamp, status, latency_ms, payload, error_message)
SELECT gen_random_uuid(), gen_random_uuid(), 'CAM-' || lpad((n % $2 + 1)::text, 4, '0'), 'Camera ' || n % $2 + 1,
       now() - n * (interval '30 days' / $1), CASE WHEN n % 40 = 0 THEN 'error' ELSE 'received' END, 20 + n % 200,
       '{\"faces\": []}', CASE WHEN n % 40 = 0 THEN 'the provider did not answer in time' END
FROM generate_series(1, $1) AS n";

/// `$1` faces of the day `$2` days ago, of `$3` people at `$4` cameras; one in fifteen is nobody known.
pub(super) const DETECTIONS: &str = "
INSERT INTO detections (id, timestamp, person_id, name, camera_id, confidence, bounding_box, thumbnail_key, status, provider_kind,
                        automatic)
SELECT gen_random_uuid(), now() - $2 * interval '1 day' - n * (interval '23 hours' / $1), CASE WHEN known THEN person END,
       CASE WHEN known THEN 'Person ' || person END, 'CAM-' || lpad((chance % $4 + 1)::text, 4, '0'), 60 + chance % 40,
       '{\"top\": 120, \"left\": 200, \"width\": 160, \"height\": 160}', 'thumbnails/made-up.jpg',
       CASE WHEN known THEN 'authorized' ELSE 'unknown' END, 'rollcall', true
FROM generate_series(1, $1) AS n
CROSS JOIN LATERAL (SELECT hashint4(n) & 2147483647 AS chance, n % 15 > 0 AS known) AS drawn
CROSS JOIN LATERAL (SELECT 'EMP-' || lpad((chance % $3 + 1)::text, 5, '0') AS person) AS whose";

/// What autovacuum would do within minutes.
pub(super) const AFTERWARDS: [&str; 13] = [
    "VACUUM ANALYZE attendance_logs",
    "VACUUM ANALYZE attendance_records",
    "VACUUM ANALYZE face_profiles",
    "VACUUM ANALYZE cameras",
    "VACUUM ANALYZE camera_summaries",
    "VACUUM ANALYZE detections",
    "VACUUM ANALYZE detection_event_counts",
    "VACUUM ANALYZE detection_event_logs",
    "VACUUM ANALYZE odoo_sync_counts",
    "VACUUM ANALYZE odoo_sync_logs",
    "VACUUM ANALYZE audit_logs",
    "VACUUM ANALYZE alerts",
    "VACUUM ANALYZE departments",
];
