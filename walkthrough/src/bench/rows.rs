//! The rows that the bench measures among: as many as a site of some size has, made by the database itself. All of them have
//! ids that begin with `BENCH-`, by which they, and what the measured jobs added to them, are found again and removed.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

use crate::error::Error;

/// The camera that shows a file; all others but one are its copies.
pub const FILE: &str = "BENCH-FILE";
/// The camera that shows a scene of the simulator.
pub const RTSP: &str = "BENCH-RTSP";

const RENAME: &str = "UPDATE cameras SET id = $2, status = 'maintenance' WHERE id = $1";

/// Cameras under maintenance, which health checks leave alone.
const CAMERAS: &str = "
INSERT INTO cameras (id, name, location, stream_type, stream_url, status, direction, resolution, tags)
SELECT 'BENCH-' || lpad(n::text, 4, '0'), 'Bench camera ' || n, 'Floor ' || n % 20, stream_type, stream_url, 'maintenance',
       'entry', '1280x720', '[\"bench\"]'
FROM cameras, generate_series(1, 1000) AS n WHERE id = 'BENCH-FILE'";

/// Everybody has a camera of the same id, before which they stand in the pipeline's runs.
const PEOPLE: &str = "
INSERT INTO face_profiles (id, employee_id, name, department, status, consent_at)
SELECT gen_random_uuid(), 'BENCH-' || lpad(n::text, 4, '0'), 'Bench Person ' || n, 'Department ' || n % 20, 'active', now()
FROM generate_series(1, 1000) AS n";

const DETECTIONS: &str = "
INSERT INTO detections (id, timestamp, person_id, name, camera_id, confidence, bounding_box, thumbnail_key, status, provider_kind)
SELECT id, now() - n * interval '0.8 seconds', who, 'Bench Person ' || n % 1000, 'BENCH-' || lpad((n % 1000 + 1)::text, 4, '0'),
       90 + n % 10, '{\"top\": 120, \"left\": 200, \"width\": 160, \"height\": 160}', 'thumbnails/' || id || '.jpg',
       'authorized', 'rollcall'
FROM generate_series(1, 100000) AS n, LATERAL (
    SELECT gen_random_uuid() AS id, 'BENCH-' || lpad((n % 1000 + 1)::text, 4, '0') AS who) AS made";

/// 1,000 people on each of 200 days before today.
const LOGS: &str = "
INSERT INTO attendance_logs (id, employee_id, name, department, date, time_in, time_out, check_in_at, check_out_at, camera_id,
                             camera_name, accuracy, status, source, odoo_status)
SELECT 'BENCH-' || to_char(day, 'YYYYMMDD') || '-' || n, 'BENCH-' || lpad(n::text, 4, '0'), 'Bench Person ' || n,
       'Department ' || n % 20, day, '08:55', '17:05', day + time '08:55', day + time '17:05',
       'BENCH-' || lpad((n % 50 + 1)::text, 4, '0'), 'Bench camera ' || n % 50 + 1, 97.5,
       CASE WHEN (n + age) % 10 = 0 THEN 'late' ELSE 'present' END, 'camera', 'skipped'
FROM generate_series(1, 1000) AS n, generate_series(1, 200) AS age, LATERAL (SELECT current_date - age AS day) AS dated";

/// What autovacuum would do within a minute.
const SETTLE: [&str; 3] =
    ["VACUUM ANALYZE detections", "VACUUM ANALYZE attendance_logs", "VACUUM ANALYZE cameras"];

const REMOVE: [&str; 9] = [
    "DELETE FROM detections WHERE camera_id LIKE 'BENCH-%'",
    "DELETE FROM detection_event_logs WHERE camera_id LIKE 'BENCH-%'",
    "DELETE FROM attendance_logs WHERE employee_id LIKE 'BENCH-%'",
    "DELETE FROM attendance_records WHERE person_id LIKE 'BENCH-%'",
    "DELETE FROM face_profiles WHERE employee_id LIKE 'BENCH-%'",
    "DELETE FROM alerts WHERE camera_id LIKE 'BENCH-%'",
    "DELETE FROM camera_summaries WHERE camera_id LIKE 'BENCH-%'",
    "DELETE FROM cameras WHERE id LIKE 'BENCH-%'",
    "VACUUM ANALYZE attendance_logs",
];

/// Gives a camera an id by which it is found and removed.
pub async fn rename_camera(db: &DatabaseConnection, from: &str, to: &str) -> Result<(), Error> {
    let values = [from.into(), to.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), RENAME, values)).await?;
    Ok(())
}

/// Makes them all; the camera [`FILE`] must be there.
pub async fn make(db: &DatabaseConnection) -> Result<(), Error> {
    run(db, &[CAMERAS, PEOPLE, DETECTIONS, LOGS]).await?;
    run(db, &SETTLE).await
}

/// Removes them, and those of an earlier run that was killed.
pub async fn remove(db: &DatabaseConnection) -> Result<(), Error> {
    run(db, &REMOVE).await
}

async fn run(db: &DatabaseConnection, statements: &[&str]) -> Result<(), Error> {
    for statement in statements {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}
