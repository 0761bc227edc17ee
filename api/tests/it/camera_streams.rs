//! Looking through cameras, with a real FFmpeg and real files and sockets.

use entity::camera;
use reqwest::{Method, StatusCode};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use testkit::camera::scenes;

use crate::{
    cameras::{CAMERAS, add, call, camera},
    support::{ADMIN, Api, User, read, refused},
};

async fn with_media() -> (Api, User) {
    let api = Api::with(&[("MEDIA_ROOT", scenes().to_str().unwrap())]).await;
    let admin = api.user(ADMIN).await;
    (api, admin)
}

fn file_camera(id: &str, path: &str) -> Value {
    json!({ "id": id, "name": "File", "streamType": "Local File", "streamUrl": path })
}

async fn row(api: &Api, id: &str) -> camera::Model {
    camera::Entity::find_by_id(id).one(&api.database.connection).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_probe_measures_the_stream_and_no_version_rises() {
    let (api, admin) = with_media().await;
    add(&api, &admin, &file_camera("CAM-01", "entrance/stream.h264")).await;
    let (status, body) =
        read(call(&api, &admin, Method::POST, "/CAM-01/test-connection", &Value::Null)).await;
    let test = &body["data"];
    assert_eq!(
        (status, &test["success"], &test["codec"]),
        (StatusCode::OK, &json!(true), &json!("h264")),
        "{body}"
    );
    assert_eq!(test["resolution"], "1280x720");
    assert!(test["latencyMs"].is_u64() && test["message"].is_string(), "{body}");
    let row = row(&api, "CAM-01").await;
    assert_eq!(
        (row.resolution.as_deref(), row.version, row.status),
        (Some("1280x720"), 1, camera::Status::Offline)
    );
    assert!(row.last_seen.is_some() && row.last_checked.is_some());
}

#[tokio::test]
async fn a_stream_that_cannot_be_read_is_an_answer_with_the_reason() {
    let (api, admin) = with_media().await;
    add(&api, &admin, &camera("CAM-01", "rtsp://root:hunter2@127.0.0.1:1/live")).await;
    add(&api, &admin, &file_camera("CAM-03", "entrance/none.jpg")).await;
    for id in ["CAM-01", "CAM-03"] {
        let (status, body) =
            read(call(&api, &admin, Method::POST, &format!("/{id}/test-connection"), &Value::Null)).await;
        assert_eq!((status, &body["data"]["success"]), (StatusCode::OK, &json!(false)), "{body}");
        assert!(
            body["data"]["message"].as_str().unwrap().len() > 10 && !body.to_string().contains("hunter2"),
            "{body}"
        );
        let row = row(&api, id).await;
        assert!(row.last_seen.is_none() && row.last_checked.is_some());
    }
}

#[tokio::test]
async fn a_snapshot_lies_in_object_storage_and_becomes_the_thumbnail() {
    let (api, admin) = with_media().await;
    add(&api, &admin, &file_camera("CAM-01", "entrance/frames/0040.jpg")).await;
    let (status, body) = read(call(&api, &admin, Method::POST, "/CAM-01/snapshot", &Value::Null)).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let snapshot = &body["data"];
    let key = snapshot["assetId"].as_str().unwrap();
    assert!(key.starts_with("snapshots/CAM-01/") && key.ends_with(".jpg"), "{key}");
    assert!(snapshot["timestamp"].as_str().unwrap().ends_with('Z'));
    let picture = api.client.get(snapshot["url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(
        (picture.status(), &picture.headers()["content-type"]),
        (StatusCode::OK, &"image/jpeg".parse().unwrap())
    );
    assert!(picture.bytes().await.unwrap().starts_with(&[0xFF, 0xD8, 0xFF]));
    let (_, shown) = read(api.get(&format!("{CAMERAS}/CAM-01")).bearer_auth(&admin.token)).await;
    assert_eq!((&shown["data"]["thumbnail"], &shown["data"]["version"]), (&snapshot["url"], &json!(1)));
    assert_eq!(shown["data"]["lastSeen"], snapshot["timestamp"]);
    let (_, list) = read(api.get(CAMERAS).bearer_auth(&admin.token)).await;
    assert_eq!(list["data"][0]["thumbnail"], snapshot["url"]);
}

#[tokio::test]
async fn a_camera_without_a_picture_is_an_upstream_failure_and_a_disabled_one_is_left_alone() {
    let (api, admin) = with_media().await;
    add(&api, &admin, &camera("CAM-01", "rtsp://root:hunter2@127.0.0.1:1/live")).await;
    let body =
        refused(call(&api, &admin, Method::POST, "/CAM-01/snapshot", &Value::Null), 502, "UPSTREAM_FAILED")
            .await;
    assert!(!body.to_string().contains("hunter2"), "{body}");
    call(&api, &admin, Method::PATCH, "/CAM-01/state", &json!({ "enabled": false })).send().await.unwrap();
    refused(call(&api, &admin, Method::POST, "/CAM-01/snapshot", &Value::Null), 409, "INVALID_STATE").await;
}

#[tokio::test]
async fn a_name_is_judged_by_the_addresses_that_it_stands_for_when_it_is_called() {
    let api = Api::with(&[("OUTBOUND_ALLOW_PRIVATE", "false")]).await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", "rtsp://localhost/live")).await;
    let (_, body) = read(call(&api, &admin, Method::POST, "/CAM-01/test-connection", &Value::Null)).await;
    assert_eq!(body["data"]["success"], false);
    assert!(body["data"]["message"].as_str().unwrap().contains("refused"), "{body}");
}
