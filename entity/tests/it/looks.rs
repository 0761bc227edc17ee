//! What a look leaves in seven tables, or does not.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use entity::{
    attendance_record::{self, Status as Whereabouts},
    camera, camera_summary,
    detection::{self, BoundingBox},
    detection_event_log, detection_provider_config,
    job_effect::{Effect, Run},
    look::{self, Event, Look},
};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait as _, PaginatorTrait as _, Statement,
    TransactionTrait as _, TryGetable,
};
use serde_json::json;
use uuid::Uuid;

use crate::{cameras::insert, race::at_once};

const PLANS: &str = "SHOW plan_cache_mode";

fn face(camera_id: &str, at: DateTime<Utc>, status: detection::Status) -> detection::Model {
    let is_known = status != detection::Status::Unknown;
    detection::Model {
        id: Uuid::now_v7(),
        timestamp: at,
        job_id: None,
        person_id: is_known.then(|| "EMP-1".to_owned()),
        name: is_known.then(|| "O'Neil \"Q\" \u{1F600}".to_owned()),
        camera_id: camera_id.to_owned(),
        confidence: 71.25,
        track_id: None,
        bounding_box: Some(BoundingBox { top: 1, left: 2, width: 3, height: 4 }),
        thumbnail_key: Some("thumbnails/x.jpg".to_owned()),
        status,
        provider_kind: detection_provider_config::ProviderKind::Rollcall,
        provider_score: Some(0.1),
        automatic: true,
        created_at: at,
        updated_at: at,
    }
}

fn present(at: DateTime<Utc>, status: Whereabouts) -> attendance_record::Model {
    attendance_record::Model {
        id: Uuid::now_v7(),
        person_id: "EMP-1".to_owned(),
        name: "Somebody".to_owned(),
        role: None,
        department: None,
        status,
        accuracy: Some(71.25),
        timestamp: at,
        camera_id: None,
        camera_name: None,
        thumbnail_key: None,
        created_at: at,
        updated_at: at,
    }
}

/// A look at `at` by the job `job_id`, which saw `faces` and `people`.
fn look<'a>(
    job_id: Uuid,
    camera_id: &'a str,
    at: DateTime<Utc>,
    faces: &'a [detection::Model],
    people: &'a [attendance_record::Model],
) -> Look<'a> {
    Look {
        run: Run { job_id, kind: "send_frame", run_id: "run" },
        result: json!({ "detections": faces.len() }),
        now: at,
        camera_id,
        captured_at: at,
        moves_camera: true,
        snapshot_key: Some("snapshots/x.jpg"),
        day: at.date_naive(),
        event: Some(Event {
            id: Uuid::now_v7(),
            camera_name: "Door",
            latency_ms: 7,
            payload: json!({ "a": 1 }),
        }),
        faces,
        people,
    }
}

async fn store(db: &DatabaseConnection, look: &Look<'_>) -> Effect {
    let transaction = db.begin().await.unwrap();
    let effect = look::store(&transaction, look).await.unwrap();
    transaction.commit().await.unwrap();
    effect
}

#[tokio::test]
async fn a_look_leaves_its_faces_its_event_the_cameras_counters_and_where_people_are() {
    let database = testkit::database().await;
    let (db, at) = (&database.connection, Utc::now().trunc_subsecs(6));
    let camera = insert(db, "Door").await;
    let known = face(&camera.id, at, detection::Status::Authorized);
    let faces = [known.clone(), face(&camera.id, at, detection::Status::Unknown)];
    let people = [present(at, Whereabouts::OnSite)];
    let job_id = Uuid::now_v7();
    assert_eq!(store(db, &look(job_id, &camera.id, at, &faces, &people)).await, Effect::New);

    let stored = detection::Entity::find_by_id((known.id, at)).one(db).await.unwrap().unwrap();
    let times = (stored.created_at, stored.updated_at);
    assert_eq!(stored, detection::Model { created_at: times.0, updated_at: times.1, ..known });
    let event = detection_event_log::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!((event.job_id, event.latency_ms, event.payload), (job_id, Some(7), Some(json!({ "a": 1 }))));
    let summary = camera_summary::of_day(db, at.date_naive()).await.unwrap().remove(0);
    assert_eq!((summary.detections_today, summary.unknown_faces), (2, 1));
    let camera = camera::find_living(db, &camera.id).await.unwrap().unwrap();
    assert_eq!((camera.last_seen, camera.thumbnail_key.as_deref()), (Some(at), Some("snapshots/x.jpg")));
    let present = attendance_record::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!((present.status, present.timestamp), (Whereabouts::OnSite, at));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_runs_of_one_job_at_once_one_stores_the_look_and_the_others_get_its_result() {
    let database = testkit::database().await;
    let (job_id, at) = (Uuid::now_v7(), Utc::now().trunc_subsecs(6));
    let camera = insert(&database.connection, "Door").await;
    let effects = at_once(5, |_| {
        let (db, camera) = (database.connection.clone(), camera.id.clone());
        async move {
            let faces = [face(&camera, at, detection::Status::Authorized)];
            store(&db, &look(job_id, &camera, at, &faces, &[])).await
        }
    })
    .await;
    let applied = Effect::Applied(Some(json!({ "detections": 1 })));
    assert_eq!(effects.iter().filter(|effect| **effect == applied).count(), 4);
    assert_eq!(detection::Entity::find().count(&database.connection).await.unwrap(), 1);
    assert_eq!(detection_event_log::Entity::find().count(&database.connection).await.unwrap(), 1);
    let summary = camera_summary::of_day(&database.connection, at.date_naive()).await.unwrap();
    assert_eq!(summary[0].detections_today, 1);
}

#[tokio::test]
async fn a_late_frame_moves_neither_the_camera_nor_a_person_back() {
    let database = testkit::database().await;
    let (db, at) = (&database.connection, Utc::now().trunc_subsecs(6));
    let camera = insert(db, "Door").await;
    let late = at - TimeDelta::minutes(1);
    for (captured_at, status) in [(at, Whereabouts::OffSite), (late, Whereabouts::OnSite)] {
        let people = [present(captured_at, status)];
        store(db, &look(Uuid::now_v7(), &camera.id, captured_at, &[], &people)).await;
    }
    let camera = camera::find_living(db, &camera.id).await.unwrap().unwrap();
    assert_eq!(camera.last_seen, Some(at));
    let present = attendance_record::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!((present.status, present.timestamp), (Whereabouts::OffSite, at));
    assert!(camera_summary::of_day(db, at.date_naive()).await.unwrap().is_empty(), "nobody was counted");
}

#[tokio::test]
async fn people_in_a_look_are_held_until_its_transaction_ends() {
    let database = testkit::database().await;
    let (db, at) = (&database.connection, Utc::now().trunc_subsecs(6));
    let camera = insert(db, "Door").await;
    let (first, second) = (db.begin().await.unwrap(), db.begin().await.unwrap());
    let people = [present(at, Whereabouts::OnSite)];
    look::store(&first, &look(Uuid::now_v7(), &camera.id, at, &[], &people)).await.unwrap();
    let lock = entity::attendance_log::lock_people(&second, vec!["EMP-1".to_owned()]);
    tokio::pin!(lock);
    let wait = std::time::Duration::from_millis(200);
    assert!(tokio::time::timeout(wait, &mut lock).await.is_err(), "the person is not held");
    first.commit().await.unwrap();
    lock.await.unwrap();
}

#[tokio::test]
async fn what_follows_a_look_is_planned_once_until_its_transaction_ends() {
    let database = testkit::database().await;
    let (db, at) = (&database.connection, Utc::now().trunc_subsecs(6));
    let camera = insert(db, "Door").await;
    let transaction = db.begin().await.unwrap();
    look::store(&transaction, &look(Uuid::now_v7(), &camera.id, at, &[], &[])).await.unwrap();
    assert_eq!(value::<String>(&transaction, PLANS).await, "force_generic_plan");
    transaction.commit().await.unwrap();
    assert_eq!(value::<String>(db, PLANS).await, "auto");
}

/// What PostgreSQL knows of a table is from before the last minutes, in which a large site has seen thousands.
#[tokio::test]
async fn after_a_look_a_persons_last_sightings_are_found_without_reading_those_of_others() {
    let database = testkit::database().await;
    let (db, at) = (&database.connection, Utc::now().trunc_subsecs(6));
    let camera = insert(db, "Door").await;
    for since in ["10 minutes", "0 minutes"] {
        let others = format!(
            "INSERT INTO detections (id, timestamp, person_id, camera_id, confidence, status, provider_kind)
             SELECT gen_random_uuid(), now() - interval '{since}' - n * interval '10 milliseconds', 'EMP-' || 100 + n % 400, '{}', 90,
                    'authorized', 'rollcall'
             FROM generate_series(1, 5000) AS n",
            camera.id
        );
        db.execute_unprepared("ANALYZE detections").await.unwrap();
        db.execute_unprepared(&others).await.unwrap();
    }
    let transaction = db.begin().await.unwrap();
    let faces = [face(&camera.id, at, detection::Status::Authorized)];
    look::store(&transaction, &look(Uuid::now_v7(), &camera.id, at, &faces, &[])).await.unwrap();
    let (from, until) = (at - TimeDelta::minutes(2), at + TimeDelta::hours(1));
    assert_eq!(detection::sightings(&transaction, "EMP-1", from, until).await.unwrap().len(), 1);
    let read: i64 = value(
        &transaction,
        "SELECT coalesce(sum(idx_tup_fetch + seq_tup_read), 0)::bigint FROM pg_stat_xact_user_tables
         WHERE relname LIKE 'detections_2%'",
    )
    .await;
    assert!(read < 10, "{read} detections were read for one");
}

async fn value<T: TryGetable>(db: &impl ConnectionTrait, query: &str) -> T {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}
