//! The `Idempotency-Key`: one job for one key, whoever repeats the call, and however often at once.

use chrono::Utc;
use entity::{
    job_outbox::{self, Outcome},
    schedule::{self, NewSchedule},
};
use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder};
use sea_orm::{ConnectionTrait as _, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use crate::support::{ADMIN, Api, OPERATOR, User, read, refused};

const PATH: &str = "/api/v1/detections/send-frame";

async fn with_cameras() -> (Api, User) {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    for id in ["CAM-01", "CAM-02"] {
        let camera = json!({
            "id": id, "name": id, "location": "Door", "streamType": "RTSP", "streamUrl": "rtsp://127.0.0.1:1/live",
        });
        let (status, body) = read(api.post("/api/v1/cameras", &camera).bearer_auth(&admin.token)).await;
        assert_eq!(status, 201, "{body}");
    }
    (api, admin)
}

fn frame(api: &Api, user: &User, key: &str, camera: &str) -> RequestBuilder {
    let request = api.post(PATH, &json!({ "cameraId": camera })).bearer_auth(&user.token);
    request.header("idempotency-key", key)
}

async fn jobs(api: &Api) -> usize {
    job_outbox::Entity::find().all(&api.database.connection).await.unwrap().len()
}

#[tokio::test]
async fn many_calls_with_one_key_start_one_job_and_get_one_answer() {
    let (api, user) = with_cameras().await;
    let answers = join_all((0..8).map(|_| read(frame(&api, &user, "k", "CAM-01")))).await;
    assert!(answers.iter().all(|(status, _)| *status == 202), "{answers:?}");
    assert!(answers.iter().all(|(_, body)| body == &answers[0].1), "{answers:?}");
    assert_eq!(jobs(&api).await, 1);
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused() {
    let (api, user) = with_cameras().await;
    assert_eq!(read(frame(&api, &user, "k", "CAM-01")).await.0, 202);
    refused(frame(&api, &user, "k", "CAM-02"), 422, "IDEMPOTENCY_KEY_REUSED").await;
    assert_eq!(jobs(&api).await, 1);
}

#[tokio::test]
async fn keys_of_other_users_and_calls_without_one_are_other_jobs() {
    let (api, user) = with_cameras().await;
    let other = api.user(OPERATOR).await;
    for request in [
        frame(&api, &user, "k", "CAM-01"),
        frame(&api, &other, "k", "CAM-01"),
        api.post(PATH, &json!({ "cameraId": "CAM-01" })).bearer_auth(&user.token),
        api.post(PATH, &json!({ "cameraId": "CAM-01" })).bearer_auth(&user.token),
    ] {
        assert_eq!(read(request).await.0, 202);
    }
    assert_eq!(jobs(&api).await, 4);
}

#[tokio::test]
async fn the_first_answer_is_given_again_even_when_the_camera_was_disabled_since() {
    let (api, user) = with_cameras().await;
    let (_, first) = read(frame(&api, &user, "k", "CAM-01")).await;
    let off = api.request(Method::PATCH, "/api/v1/cameras/CAM-01/state").json(&json!({ "enabled": false }));
    assert_eq!(read(off.bearer_auth(&user.token)).await.0, 200);
    assert_eq!(read(frame(&api, &user, "k", "CAM-01")).await.1, first);
    refused(frame(&api, &user, "other", "CAM-01"), 409, "INVALID_STATE").await;
}

/// A schedule's job is one at a time: a second call is answered by the one that waits already.
#[tokio::test]
async fn a_call_that_was_answered_by_a_waiting_job_gets_that_answer_again_when_the_job_has_ended() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let db = &api.database.connection;
    let row = NewSchedule { name: "check_camera_health", cron: "0 0 1 1 *", timezone: "UTC" };
    schedule::add_missing(db, &[row]).await.unwrap();
    let run =
        || api.request(Method::POST, "/api/v1/schedules/check_camera_health/run").bearer_auth(&admin.token);
    let started = read(run()).await.1;
    let id: Uuid = started["data"]["jobId"].as_str().unwrap().parse().unwrap();
    let keyed = || run().header("idempotency-key", "k");
    assert_eq!(read(keyed()).await.1, started, "the waiting job stands in for it");
    job_outbox::mark_finished(db, vec![id], Outcome::Done, Utc::now()).await.unwrap();
    assert_eq!(read(keyed()).await.1, started, "the first answer, though its job has ended");
    assert_eq!(jobs(&api).await, 1);

    db.execute_unprepared("UPDATE idempotency_keys SET answered_at = now() - interval '25 hours'")
        .await
        .unwrap();
    assert_ne!(read(keyed()).await.1, started, "after a day the key is free again");
    assert_eq!(jobs(&api).await, 2);
}
