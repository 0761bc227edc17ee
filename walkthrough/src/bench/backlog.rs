//! What a daily clean-up has to remove when it has not run for a while: rows made by the database itself, and files. Everything is
//! older than its retention, so what a killed run leaves is taken by the next clean-up, whoever starts it.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use platform::{
    Settings,
    storage::{ObjectStore, StorageError},
};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use uuid::{NoContext, Timestamp, Uuid};

use crate::error::Error;

/// Files below `snapshots/`, and as many below `thumbnails/`.
pub const FILES: u32 = 3_000;

/// Uploads at once.
const AT_ONCE: usize = 16;
/// A picture of a camera, and one of a face.
const SNAPSHOT: usize = 90_000;
const THUMBNAIL: usize = 6_000;

const EVENTS: &str = "
INSERT INTO detection_event_logs (id, job_id, camera_id, camera_name, timestamp, status, latency_ms, payload)
SELECT gen_random_uuid(), gen_random_uuid(), 'BENCH-' || lpad((n % 1000 + 1)::text, 4, '0'), 'Bench camera',
       age.newest - n * interval '2.5 seconds', CASE WHEN n % 50 = 0 THEN 'error' ELSE 'received' END, 45,
       '{\"faces\": [{\"employeeId\": \"EMP-00412\", \"confidence\": 91.5, \"status\": \"authorized\"}]}'
FROM generate_series(1, 300000) AS n, (VALUES (now()), (now() - interval '31 days')) AS age (newest)
WHERE age.newest < now() OR n <= 100000";

const AUDIT: &str = "
INSERT INTO audit_logs (id, actor, actor_role, action, resource_type, resource_id, message, old_value, new_value, severity, status,
                        ip_address, user_agent, request_id, timestamp)
SELECT gen_random_uuid(), 'bench@rollcall.local', 'ROLE-ADMIN', 'camera.update', 'camera', 'BENCH-' || n % 1000,
       'Camera was changed', '{\"name\": \"Entrance\", \"enabled\": true}', '{\"name\": \"Main entrance\", \"enabled\": true}',
       'info', 'success', '192.0.2.1', 'bench', gen_random_uuid(), now() - interval '366 days' - n * interval '10 seconds'
FROM generate_series(1, 200000) AS n";

const JOBS: &str = "
INSERT INTO job_outbox (id, queue, kind, payload, request_id, created_at, pushed_at, finished_at, outcome)
SELECT gen_random_uuid(), 'default', 'sample_cameras', '{}', gen_random_uuid(), ended, ended, ended, 'done'
FROM generate_series(1, 100000) AS n, LATERAL (SELECT now() - interval '25 hours' - n * interval '1 second' AS ended) AS dated";

const EFFECTS: &str = "
INSERT INTO job_effects (job_id, kind, run_id, result, applied_at)
SELECT gen_random_uuid(), 'send_frame', 'bench/1', '{\"detections\": 1, \"captureMs\": 12}',
       now() - interval '32 days' - n * interval '10 milliseconds'
FROM generate_series(1, 100000) AS n";

const SESSIONS: &str = "
INSERT INTO user_sessions (id, user_id, family_id, refresh_token_hash, issued_at, expires_at, revoked_at, revocation_reason)
SELECT gen_random_uuid(), users.id, gen_random_uuid(), md5(gen_random_uuid()::text), ended - interval '14 days', ended,
       ended - interval '13 days', 'rotated'
FROM (SELECT id FROM users LIMIT 1) AS users, generate_series(1, 50000) AS n,
     LATERAL (SELECT now() - interval '2 days' - n * interval '1 second' AS ended) AS dated";

const METRICS: &str = "
INSERT INTO system_metrics (id, host, category, label, value, timestamp)
SELECT gen_random_uuid(), 'bench', 'cpu', 'cpu' || n % 4, n % 100, now() - interval '31 days' - n * interval '10 seconds'
FROM generate_series(1, 50000) AS n";

const DAYS: &str = "SELECT ensure_detection_partitions((now() AT TIME ZONE 'UTC')::date - 95, 4)";

const DETECTIONS: &str = "
INSERT INTO detections (id, timestamp, person_id, name, camera_id, confidence, bounding_box, thumbnail_key, status, provider_kind)
SELECT gen_random_uuid(), ((now() AT TIME ZONE 'UTC')::date - 95 + n % 4) AT TIME ZONE 'UTC' + n * interval '170 milliseconds',
       'BENCH-' || lpad((n % 1000 + 1)::text, 4, '0'), 'Bench Person', 'BENCH-' || lpad((n % 1000 + 1)::text, 4, '0'), 91,
       '{\"top\": 120, \"left\": 200, \"width\": 160, \"height\": 160}', 'thumbnails/none.jpg', 'authorized', 'rollcall'
FROM generate_series(1, 500000) AS n";

/// What autovacuum and the checkpointer would do within minutes: neither shall fall into the figures of the quiet system.
const SETTLE: [&str; 2] = ["VACUUM ANALYZE", "CHECKPOINT"];

/// Makes the rows, and settles the database.
pub async fn rows(db: &DatabaseConnection) -> Result<(), Error> {
    let made = [EVENTS, AUDIT, JOBS, EFFECTS, SESSIONS, METRICS, DAYS, DETECTIONS];
    for statement in made.into_iter().chain(SETTLE) {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Stores the files, of twenty cameras.
pub async fn files() -> Result<(), Error> {
    let settings = Settings::read(|name| std::env::var(name).ok());
    let settings = settings.map_err(|error| Error::Failed(format!("the settings: {error}")))?;
    let storage = ObjectStore::new(&settings.storage).map_err(|error| failed(&error))?;
    let newest = Utc::now() - TimeDelta::days(31);
    let puts = (0..FILES).map(|n| pair(&storage, n, newest - TimeDelta::seconds(n.into())));
    stream::iter(puts)
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await
        .map(drop)
        .map_err(|error| failed(&error))
}

async fn pair(storage: &ObjectStore, n: u32, at: DateTime<Utc>) -> Result<(), StorageError> {
    let snapshot = format!("snapshots/BENCH-{:04}/{}.jpg", n % 20 + 1, at.format("%Y%m%dT%H%M%S%.3fZ"));
    storage.put(&snapshot, "image/jpeg", vec![0; SNAPSHOT].into()).await?;
    let time = Timestamp::from_unix(NoContext, at.timestamp().unsigned_abs(), 0);
    let thumbnail = format!("thumbnails/{}.jpg", Uuid::new_v7(time));
    storage.put(&thumbnail, "image/jpeg", vec![0; THUMBNAIL].into()).await
}

fn failed(error: &StorageError) -> Error {
    Error::Failed(format!("the files were not stored: {error}"))
}
