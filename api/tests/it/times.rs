//! Every point in time that leaves the API has one form: RFC 3339, UTC with `Z`, milliseconds.

use entity::{alert, login_attempt};
use reqwest::Method;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::{
    cameras::{add, camera},
    support::{ADMIN, Api, read},
    ws::subscribed,
};

/// Every text in `value` that is a point in time, with where it stands.
fn times(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if chrono::DateTime::parse_from_rfc3339(text).is_ok() => {
            found.push((path.to_owned(), text.clone()));
        }
        Value::Array(items) => items.iter().for_each(|item| times(item, path, found)),
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| times(field, &format!("{path}.{name}"), found));
        }
        _ => {}
    }
}

fn check(answer: &Value, from: &str, least: usize) {
    let mut found = Vec::new();
    times(answer, from, &mut found);
    assert!(found.len() >= least, "{from} has {} times: {answer}", found.len());
    for (path, text) in found {
        assert!(text.len() == "2026-07-01T10:00:00.000Z".len() && text.ends_with('Z'), "{path}: {text}");
    }
}

#[tokio::test]
async fn every_answer_writes_times_in_one_form() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let made = add(&api, &admin, &camera("CAM-01", "rtsp://127.0.0.1:1/live")).await;
    check(&made, "POST cameras", 2);
    let sent = api.post("/api/v1/detections/send-frame", &json!({ "cameraId": "CAM-01" }));
    let job = read(sent.bearer_auth(&admin.token)).await.1["data"]["jobId"].as_str().unwrap().to_owned();
    for (path, least) in [
        ("cameras".to_owned(), 2),
        ("cameras/CAM-01".to_owned(), 2),
        ("auth/me".to_owned(), 1),
        (format!("jobs/{job}"), 1),
        ("jobs".to_owned(), 1),
        ("schedules".to_owned(), 0),
        ("detections/provider/config".to_owned(), 0),
        ("attendance/records".to_owned(), 0),
        ("health".to_owned(), 0),
    ] {
        let answer = read(api.get(&format!("/api/v1/{path}")).bearer_auth(&admin.token)).await.1;
        check(&answer, &path, least);
    }
}

#[tokio::test]
async fn messages_write_times_as_answers_do() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", "rtsp://127.0.0.1:1/live")).await;
    let seen = entity::camera::record_frame(&api.database.connection, "CAM-01", chrono::Utc::now(), None);
    seen.await.unwrap();
    let mut socket =
        subscribed(&api, &admin, json!({ "action": "subscribe", "channel": "camera-status" })).await;
    let state = api.request(Method::PATCH, "/api/v1/cameras/CAM-01/state").json(&json!({ "enabled": false }));
    let shown = read(state.bearer_auth(&admin.token)).await.1;
    let told = socket.next().await;
    check(&told, "camera-status", 1);
    assert_eq!(told["lastSeen"], shown["data"]["lastSeen"]);
}

#[tokio::test]
async fn the_alert_of_a_locked_account_is_published() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let mut socket = subscribed(&api, &admin, json!({ "action": "subscribe", "channel": "alerts" })).await;
    for _ in 0..10 {
        api.login("nobody@example.org", "wrong password").await;
    }
    let told = socket.next().await;
    let stored = alert::Entity::find().one(&api.database.connection).await.unwrap().unwrap();
    assert_eq!((&told["type"], &told["channel"]), (&json!("alert"), &json!("alerts")), "{told}");
    let shown = &told["alert"];
    assert_eq!(
        (shown["id"].as_str(), shown["kind"].as_str()),
        (Some(stored.id.as_str()), Some("login_lockout"))
    );
    assert_eq!((&shown["level"], &shown["acknowledged"]), (&json!("high"), &json!(false)));
    check(&told, "alert", 1);
    assert!(socket.silent_for(std::time::Duration::from_millis(200)).await);
    assert_eq!(login_attempt::Entity::find().all(&api.database.connection).await.unwrap().len(), 1);
}
