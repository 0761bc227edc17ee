//! Detections: the newest, asking for a frame, and the event log.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    detection::{self, BoundingBox},
    detection_event_log, detection_provider_config, job_outbox,
};
use platform::live::LiveVersion;
use queue::{Queues, QueuesConfig};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    cameras::{add, call, camera},
    support::{ADMIN, Api, User, VIEWER, read, refused},
};

const LIVE: &str = "/api/v1/detections/live";
const SEND: &str = "/api/v1/detections/send-frame";
const EVENTS: &str = "/api/v1/detections/events";

async fn store(api: &Api, camera_id: &str, at: DateTime<Utc>) -> Uuid {
    let id = Uuid::now_v7();
    let row = detection::ActiveModel {
        id: Set(id),
        timestamp: Set(at),
        person_id: Set(Some("EMP-001".to_owned())),
        name: Set(Some("Ada".to_owned())),
        camera_id: Set(camera_id.to_owned()),
        confidence: Set(87.5),
        bounding_box: Set(Some(BoundingBox { top: 1, left: 2, width: 3, height: 4 })),
        thumbnail_key: Set(Some(format!("thumbnails/{id}.jpg"))),
        status: Set(detection::Status::Authorized),
        provider_kind: Set(detection_provider_config::ProviderKind::Rollcall),
        ..Default::default()
    };
    detection::insert_many(&api.database.connection, vec![row]).await.unwrap();
    id
}

/// What a worker does before its job counts as finished.
async fn raise(api: &Api) {
    let redis = platform::redis::connect(&api.settings).unwrap();
    LiveVersion::new(redis, &api.settings.redis_prefix).raise().await.unwrap();
}

async fn live(api: &Api, user: &User, query: &str) -> Vec<Value> {
    let (status, body) = read(api.get(&format!("{LIVE}{query}")).bearer_auth(&user.token)).await;
    assert_eq!((status, body.get("meta")), (StatusCode::OK, None), "{body}");
    body["data"].as_array().unwrap().clone()
}

fn ids(list: &[Value]) -> Vec<String> {
    list.iter().map(|detection| detection["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_detection_has_every_field_of_the_contract() {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    let at = DateTime::from_timestamp_millis(Utc::now().timestamp_millis()).unwrap();
    let id = store(&api, "CAM-01", at).await;
    let [mut shown] = live(&api, &viewer, "").await.try_into().unwrap();
    let thumbnail = shown.as_object_mut().unwrap().remove("thumbnail").unwrap();
    assert!(thumbnail.as_str().unwrap().contains(&format!("thumbnails/{id}.jpg")), "{thumbnail}");
    let expected = json!({
        "id": id, "personId": "EMP-001", "name": "Ada", "cameraId": "CAM-01", "confidence": 87.5,
        "timestamp": at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true), "trackId": null,
        "boundingBox": { "top": 1, "left": 2, "width": 3, "height": 4 }, "status": "authorized",
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn the_newest_come_first_by_camera_and_up_to_a_limit() {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    let now = Utc::now();
    let mut stored = Vec::new();
    for (n, camera) in ["CAM-01", "CAM-02", "CAM-01"].into_iter().enumerate() {
        stored.push(
            store(&api, camera, now - TimeDelta::days(2) + TimeDelta::seconds(n as i64)).await.to_string(),
        );
    }
    let [first, second, third] = stored.try_into().unwrap();
    assert_eq!(ids(&live(&api, &viewer, "").await), [third.clone(), second, first.clone()]);
    assert_eq!(ids(&live(&api, &viewer, "?cameraId=CAM-01").await), [third.clone(), first]);
    assert_eq!(ids(&live(&api, &viewer, "?limit=1").await), [third]);
    assert!(live(&api, &viewer, "?cameraId=none").await.is_empty());
    for limit in ["0", "201", "many", "-1", "99999999"] {
        let request = api.get(&format!("{LIVE}?limit={limit}")).bearer_auth(&viewer.token);
        let body = refused(request, 422, "VALIDATION_ERROR").await;
        assert_eq!(body["error"]["details"][0]["field"], "limit");
    }
}

#[tokio::test]
async fn a_finished_job_is_seen_at_once_and_anything_else_within_three_seconds() {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    raise(&api).await;
    assert!(live(&api, &viewer, "").await.is_empty());
    for number in 1..=5 {
        store(&api, "CAM-01", Utc::now()).await;
        raise(&api).await;
        assert_eq!(live(&api, &viewer, "").await.len(), number);
    }
    store(&api, "CAM-01", Utc::now()).await;
    assert_eq!(live(&api, &viewer, "").await.len(), 5, "the list is not read again while the version holds");
    let look = async || (live(&api, &viewer, "").await.len() == 6).then_some(());
    testkit::eventually(Duration::from_secs(4), "the list is read again", look).await;
}

#[tokio::test]
async fn an_unchanged_list_is_304_even_after_it_was_read_again() {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    store(&api, "CAM-01", Utc::now()).await;
    let list = || api.get(LIVE).bearer_auth(&viewer.token);
    let etag = list().send().await.unwrap().headers()["etag"].clone();
    raise(&api).await;
    let again = list().header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    store(&api, "CAM-01", Utc::now()).await;
    raise(&api).await;
    assert_eq!(list().header("if-none-match", &etag).send().await.unwrap().status(), StatusCode::OK);
}

fn queues(api: &Api) -> Queues {
    let config = QueuesConfig { prefix: api.settings.redis_prefix.clone(), ..QueuesConfig::default() };
    Queues::lazy(api.settings.redis_url.expose(), config).unwrap()
}

#[tokio::test]
async fn a_frame_that_is_asked_for_is_in_the_outbox_and_in_the_queue() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", "rtsp://cam/")).await;
    let request = "0b7d2c7e-8f0e-4c1c-9f43-0123456789ab";
    let send = api.post(SEND, &json!({ "cameraId": "CAM-01" })).bearer_auth(&admin.token);
    let (status, body) = read(send.header("x-request-id", request)).await;
    assert_eq!((status, &body["data"]["status"]), (StatusCode::ACCEPTED, &json!("queued")), "{body}");
    let id: Uuid = body["data"]["jobId"].as_str().unwrap().parse().unwrap();
    let row = job_outbox::Entity::find_by_id(id).one(&api.database.connection).await.unwrap().unwrap();
    assert_eq!((row.kind.as_str(), &row.payload), ("send_frame", &json!({ "cameraId": "CAM-01" })));
    assert_eq!((row.request_id.to_string().as_str(), row.actor), (request, Some(admin.id.to_string())));
    let job = queues(&api).job(id).await.unwrap().unwrap();
    assert_eq!((job.kind.as_str(), job.context.actor), ("send_frame", Some(admin.id)));
}

#[tokio::test]
async fn frames_of_unknown_deleted_and_disabled_cameras_are_refused() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    for id in ["OFF", "GONE"] {
        add(&api, &admin, &camera(id, "rtsp://cam/")).await;
    }
    call(&api, &admin, reqwest::Method::PATCH, "/OFF/state", &json!({ "enabled": false }))
        .send()
        .await
        .unwrap();
    call(&api, &admin, reqwest::Method::DELETE, "/GONE", &Value::Null).send().await.unwrap();
    let send = |id: &str| api.post(SEND, &json!({ "cameraId": id })).bearer_auth(&admin.token);
    refused(send("CAM-99"), 404, "NOT_FOUND").await;
    refused(send("GONE"), 404, "NOT_FOUND").await;
    refused(send("OFF"), 409, "INVALID_STATE").await;
    refused(send(""), 422, "VALIDATION_ERROR").await;
    assert!(job_outbox::Entity::find().all(&api.database.connection).await.unwrap().is_empty());
}

#[tokio::test]
async fn without_redis_frames_are_accepted_and_lists_are_read_from_the_database() {
    let closed = format!("redis://127.0.0.1:{}", testkit::free_port());
    let api = Api::with(&[("REDIS_URL", &closed)]).await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", "rtsp://cam/")).await;
    let begun = Instant::now();
    let (status, body) =
        read(api.post(SEND, &json!({ "cameraId": "CAM-01" })).bearer_auth(&admin.token)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(job_outbox::Entity::find().all(&api.database.connection).await.unwrap().len(), 1);
    for number in 1..=2 {
        store(&api, "CAM-01", Utc::now()).await;
        assert_eq!(live(&api, &admin, "").await.len(), number);
    }
    let path = format!("/api/v1/jobs/{}", body["data"]["jobId"].as_str().unwrap());
    refused(api.get(&path).bearer_auth(&admin.token), 503, "UNAVAILABLE").await;
}

async fn log(api: &Api, camera: &str, status: detection_event_log::Status, at: &str) {
    let row = detection_event_log::ActiveModel {
        job_id: Set(Uuid::now_v7()),
        camera_id: Set(camera.to_owned()),
        camera_name: Set("Door".to_owned()),
        timestamp: Set(at.parse().unwrap()),
        status: Set(status),
        payload: Set(Some(json!({ "detections": [] }))),
        ..Default::default()
    };
    row.insert(&api.database.connection).await.unwrap();
}

#[tokio::test]
async fn the_event_log_is_filtered_and_paged_newest_first() {
    use detection_event_log::Status::{Error, Received};
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    log(&api, "CAM-01", Received, "2026-07-01T10:00:00Z").await;
    log(&api, "CAM-02", Error, "2026-07-01T23:59:59.5Z").await;
    log(&api, "CAM-01", Error, "2026-07-02T00:00:00Z").await;
    let times = async |query: &str| {
        let (status, body) = read(api.get(&format!("{EVENTS}{query}")).bearer_auth(&viewer.token)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let rows = body["data"].as_array().unwrap();
        let times: Vec<_> =
            rows.iter().map(|row| row["timestamp"].as_str().unwrap()[8..13].to_owned()).collect();
        (times, body["meta"]["total"].as_u64().unwrap())
    };
    for (query, expected) in [
        ("", &["02T00", "01T23", "01T10"][..]),
        ("?status=error", &["02T00", "01T23"]),
        ("?cameraId=CAM-01", &["02T00", "01T10"]),
        ("?from=2026-07-01T12:00:00Z", &["02T00", "01T23"]),
        ("?from=2026-07-02", &["02T00"]),
        ("?to=2026-07-01", &["01T23", "01T10"]),
        ("?from=2026-07-01T10:00:00Z&to=2026-07-01T10:00:00%2B00:00", &["01T10"]),
        ("?to=2026-06-30", &[]),
    ] {
        assert_eq!(
            times(query).await,
            (expected.iter().map(ToString::to_string).collect(), expected.len() as u64),
            "{query}"
        );
    }
    assert_eq!(times("?page=2&pageSize=2").await, (vec!["01T10".to_owned()], 3));
    for (query, field) in [
        ("?status=fine", "status"),
        ("?from=yesterday", "from"),
        ("?to=2026-02-30", "to"),
        ("?from=2026-07-02&to=2026-07-01", "from"),
        ("?from=-4800-01-01", "from"),
    ] {
        let body =
            refused(api.get(&format!("{EVENTS}{query}")).bearer_auth(&viewer.token), 422, "VALIDATION_ERROR")
                .await;
        assert_eq!(body["error"]["details"][0]["field"], field, "{query}");
    }
    let (_, body) = read(api.get(&format!("{EVENTS}?pageSize=1")).bearer_auth(&viewer.token)).await;
    assert_eq!(body["data"][0]["payload"], json!({ "detections": [] }));
    assert_eq!(
        (&body["data"][0]["cameraName"], &body["data"][0]["latencyMs"]),
        (&json!("Door"), &Value::Null)
    );
}
