//! Cameras: making, changing and removing them.

use entity::{audit_log, camera};
use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder, StatusCode};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};

use crate::support::{ADMIN, Api, OPERATOR, User, VIEWER, read, refused};

pub const CAMERAS: &str = "/api/v1/cameras";
const SECRET: &str = "rtsp://root:hunter2@10.0.0.9:554/live";
const SHOWN: &str = "rtsp://***:***@10.0.0.9:554/live";

pub fn camera(id: &str, url: &str) -> Value {
    json!({ "id": id, "name": format!("Camera {id}"), "location": "Door", "streamType": "RTSP", "streamUrl": url })
}

pub async fn add(api: &Api, user: &User, body: &Value) -> Value {
    let (status, answer) = read(api.post(CAMERAS, body).bearer_auth(&user.token)).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["data"].clone()
}

pub fn call(api: &Api, user: &User, method: Method, path: &str, body: &Value) -> RequestBuilder {
    api.request(method, &format!("{CAMERAS}{path}")).json(body).bearer_auth(&user.token)
}

pub async fn get(api: &Api, user: &User, path: &str) -> Value {
    let (status, answer) = read(api.get(&format!("{CAMERAS}{path}")).bearer_auth(&user.token)).await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    answer
}

async fn audit(api: &Api, action: &str) -> Vec<audit_log::Model> {
    let rows = audit_log::Entity::find().filter(audit_log::Column::Action.eq(action));
    rows.order_by_asc(audit_log::Column::Id).all(&api.database.connection).await.unwrap()
}

#[tokio::test]
async fn a_camera_has_every_field_of_the_contract() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let made = add(&api, &admin, &camera("CAM-07", SECRET)).await;
    let fields = [
        "id",
        "name",
        "location",
        "streamType",
        "streamUrl",
        "status",
        "fps",
        "latency",
        "bitrate",
        "resolution",
        "ipAddress",
        "tags",
        "thumbnail",
        "enabled",
        "direction",
        "captureIntervalSeconds",
        "lastSeen",
        "lastChecked",
        "createdAt",
        "updatedAt",
        "version",
    ];
    let mut given: Vec<&String> = made.as_object().unwrap().keys().collect();
    given.sort();
    let mut wanted = fields.to_vec();
    wanted.sort_unstable();
    assert_eq!(given, wanted);
    assert_eq!(
        (&made["status"], &made["direction"], &made["enabled"]),
        (&json!("offline"), &json!("both"), &json!(true))
    );
    assert_eq!((&made["ipAddress"], &made["version"]), (&json!("10.0.0.9"), &json!(1)));
    assert_eq!((&made["captureIntervalSeconds"], &made["tags"]), (&Value::Null, &json!([])));
    assert!(made["createdAt"].as_str().unwrap().ends_with('Z'), "{made}");
    assert_eq!(get(&api, &admin, "/CAM-07").await["data"], made);
}

#[tokio::test]
async fn ids_are_numbered_and_none_is_used_twice() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let mut unnamed = camera("", "rtsp://cam/1");
    unnamed.as_object_mut().unwrap().remove("id");
    add(&api, &admin, &camera("CAM-02", "rtsp://cam/2")).await;
    let first = add(&api, &admin, &unnamed).await;
    let second = add(&api, &admin, &unnamed).await;
    assert_eq!((&first["id"], &second["id"]), (&json!("CAM-01"), &json!("CAM-03")));

    let deleted = call(&api, &admin, Method::DELETE, "/CAM-02", &Value::Null).send().await.unwrap();
    assert_eq!((deleted.status(), deleted.text().await.unwrap().as_str()), (StatusCode::NO_CONTENT, ""));
    for id in ["CAM-01", "CAM-02"] {
        refused(api.post(CAMERAS, &camera(id, "rtsp://cam/")).bearer_auth(&admin.token), 409, "CONFLICT")
            .await;
    }
}

#[tokio::test]
async fn a_deleted_camera_is_hidden_everywhere_and_its_row_stays() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", SECRET)).await;
    call(&api, &admin, Method::DELETE, "/CAM-01", &Value::Null).send().await.unwrap();
    assert_eq!(get(&api, &admin, "").await["meta"]["total"], 0);
    assert_eq!(get(&api, &admin, "/summary").await["data"], json!([]));
    assert_eq!(get(&api, &admin, "/export").await, json!([]));
    for (method, path) in [
        (Method::GET, "/CAM-01"),
        (Method::PUT, "/CAM-01"),
        (Method::DELETE, "/CAM-01"),
        (Method::POST, "/CAM-01/test-connection"),
        (Method::POST, "/CAM-01/snapshot"),
    ] {
        refused(call(&api, &admin, method, path, &json!({})), 404, "NOT_FOUND").await;
    }
    let row = camera::Entity::find_by_id("CAM-01").one(&api.database.connection).await.unwrap().unwrap();
    assert!(row.deleted_at.is_some());
}

#[tokio::test]
async fn credentials_are_sealed_at_rest_and_shown_to_whoever_may_write_only() {
    let api = Api::start().await;
    let (operator, viewer) = (api.user(OPERATOR).await, api.user(VIEWER).await);
    add(&api, &operator, &camera("CAM-01", SECRET)).await;
    for path in ["", "/CAM-01"] {
        let first =
            |answer: Value| if path.is_empty() { answer["data"][0].clone() } else { answer["data"].clone() };
        assert_eq!(first(get(&api, &operator, path).await)["streamUrl"], SECRET);
        assert_eq!(first(get(&api, &viewer, path).await)["streamUrl"], SHOWN);
    }
    let row = camera::Entity::find_by_id("CAM-01").one(&api.database.connection).await.unwrap().unwrap();
    assert!(row.stream_url.expose().starts_with("v1:") && !row.stream_url.expose().contains("hunter2"));
    let rows = audit(&api, "camera.create").await;
    assert_eq!(rows[0].new_value.as_ref().unwrap()["stream_url"], SHOWN);
    assert!(!serde_json::to_string(&rows).unwrap().contains("hunter2"));
}

#[tokio::test]
async fn masked_credentials_keep_the_stored_ones_only_at_the_same_host_and_port() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", SECRET)).await;
    let put = |url: &str| call(&api, &admin, Method::PUT, "/CAM-01", &json!({ "streamUrl": url }));
    let moved = read(put("rtsp://***:***@10.0.0.9/other")).await.1;
    assert_eq!(moved["data"]["streamUrl"], "rtsp://root:hunter2@10.0.0.9/other");
    for elsewhere in ["rtsp://***:***@10.0.0.8/other", "rtsp://***:***@10.0.0.9:8554/other"] {
        let body = refused(put(elsewhere), 422, "VALIDATION_ERROR").await;
        assert_eq!(body["error"]["details"][0]["field"], "streamUrl");
    }
    let body = refused(
        api.post(CAMERAS, &camera("CAM-02", SHOWN)).bearer_auth(&admin.token),
        422,
        "VALIDATION_ERROR",
    )
    .await;
    assert_eq!(body["error"]["details"][0]["field"], "streamUrl");
}

#[tokio::test]
async fn a_change_leaves_out_what_it_does_not_name_and_null_means_on_demand() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let mut body = camera("CAM-01", SECRET);
    body["captureIntervalSeconds"] = json!(5);
    body["tags"] = json!(["a"]);
    let made = add(&api, &admin, &body).await;
    let (status, named) = read(call(&api, &admin, Method::PUT, "/CAM-01", &json!({ "name": " New " }))).await;
    assert_eq!(status, StatusCode::OK);
    let mut expected = made.clone();
    expected["name"] = json!("New");
    expected["version"] = json!(2);
    expected["updatedAt"] = named["data"]["updatedAt"].clone();
    assert_eq!(named["data"], expected);
    let (_, freed) = read(call(
        &api,
        &admin,
        Method::PUT,
        "/CAM-01",
        &json!({ "captureIntervalSeconds": null, "tags": [] }),
    ))
    .await;
    assert_eq!(
        (&freed["data"]["captureIntervalSeconds"], &freed["data"]["tags"]),
        (&Value::Null, &json!([]))
    );
    // A client that sends back what it read changes nothing but the version.
    let (status, _) = read(call(&api, &admin, Method::PUT, "/CAM-01", &freed["data"])).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_and_of_two_editors_one_wins() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", SECRET)).await;
    let edit =
        |name: &str| call(&api, &admin, Method::PUT, "/CAM-01", &json!({ "name": name, "version": 1 }));
    let answers = join_all(["a", "b", "c"].map(|name| read(edit(name)))).await;
    let saved = answers.iter().filter(|(status, _)| *status == StatusCode::OK).count();
    let stale = answers.iter().filter(|(_, body)| body["error"]["code"] == "VERSION_CONFLICT").count();
    assert_eq!((saved, stale), (1, 2), "{answers:?}");
    let rows = audit(&api, "camera.update").await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].old_value.as_ref().unwrap()["name"], "Camera CAM-01");
    assert_eq!(rows[0].new_value.as_ref().unwrap()["version"], 2);
    assert_eq!(rows[0].resource_id.as_deref(), Some("CAM-01"));
}

#[tokio::test]
async fn every_field_is_bounded_and_every_wrong_one_is_named() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let long = "x".repeat(2049);
    for (field, value) in [
        ("id", json!("CAM 1")),
        ("id", json!("x".repeat(33))),
        ("name", json!("")),
        ("name", json!("  ")),
        ("name", json!("a\u{0}b")),
        ("name", json!("x".repeat(121))),
        ("location", json!("x".repeat(201))),
        ("streamType", json!("Telepathy")),
        ("streamUrl", json!(long)),
        ("streamUrl", json!("http://cam/x")),
        ("streamUrl", json!("rtsp://")),
        ("streamUrl", json!("rtsp://cam/a b")),
        ("status", json!("asleep")),
        ("ipAddress", json!("10.0.0.256")),
        ("tags", json!(vec!["x"; 21])),
        ("enabled", json!("yes")),
        ("direction", json!("up")),
        ("captureIntervalSeconds", json!(0)),
        ("captureIntervalSeconds", json!(86_401)),
        ("captureIntervalSeconds", json!(99_999_999_999_u64)),
    ] {
        let mut body = camera("CAM-01", SECRET);
        body[field] = value;
        let answer =
            refused(api.post(CAMERAS, &body).bearer_auth(&admin.token), 422, "VALIDATION_ERROR").await;
        let named = answer["error"]["details"][0]["field"].as_str().unwrap();
        assert!(named.starts_with(field), "{field}: {answer}");
    }
    refused(api.post(CAMERAS, &json!({})).bearer_auth(&admin.token), 422, "VALIDATION_ERROR").await;
    assert_eq!(get(&api, &admin, "").await["meta"]["total"], 0);
    for id in ["%00", "%E2%82%AC", "..", "x".repeat(200).as_str()] {
        let request = api.get(&format!("{CAMERAS}/{id}")).bearer_auth(&admin.token);
        assert!(request.send().await.unwrap().status().is_client_error() || id == "..", "{id}");
    }
}

#[tokio::test]
async fn switching_a_camera_tells_whoever_follows_it() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", SECRET)).await;
    let mut socket = api.socket(&admin.token).await;
    socket.send(&json!({ "action": "subscribe", "channel": "camera-status", "cameraId": "CAM-01" })).await;
    socket.next_where(|message| message["type"] == "subscribed").await;
    let (status, off) =
        read(call(&api, &admin, Method::PATCH, "/CAM-01/state", &json!({ "enabled": false }))).await;
    assert_eq!(
        (status, &off["data"]["enabled"], &off["data"]["version"]),
        (StatusCode::OK, &json!(false), &json!(2))
    );
    let told = socket.next_where(|message| message["type"] == "camera-status").await;
    let expected = json!({
        "type": "camera-status", "channel": "camera-status", "cameraId": "CAM-01", "status": "offline", "lastSeen": null,
    });
    assert_eq!(told, expected);
    let (_, again) =
        read(call(&api, &admin, Method::PATCH, "/CAM-01/state", &json!({ "enabled": false }))).await;
    assert_eq!(again["data"]["version"], 2);
    assert_eq!(audit(&api, "camera.disable").await.len(), 1);
    refused(call(&api, &admin, Method::PATCH, "/CAM-01/state", &json!({})), 422, "VALIDATION_ERROR").await;
}

#[tokio::test]
async fn no_more_cameras_are_made_than_the_configuration_allows() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let limit = entity::system_config::ActiveModel {
        value: sea_orm::ActiveValue::Set(json!(2)),
        ..Default::default()
    };
    let row = entity::system_config::Column::Key.eq("capture.max_cameras");
    let db = &api.database.connection;
    entity::system_config::Entity::update_many().set(limit).filter(row).exec(db).await.unwrap();
    let answers = join_all((0..5).map(|n| {
        let body = camera(&format!("CAM-{n}"), SECRET);
        read(api.post(CAMERAS, &body).bearer_auth(&admin.token))
    }))
    .await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count(), 2, "{answers:?}");
    assert_eq!(answers.iter().filter(|(_, body)| body["error"]["code"] == "INVALID_STATE").count(), 3);
}

#[tokio::test]
async fn a_change_that_changes_nothing_raises_no_version_and_leaves_no_change_in_the_audit() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let made = add(&api, &admin, &camera("CAM-01", SECRET)).await;
    let same = json!({
        "name": " Camera CAM-01 ", "location": "Door", "streamType": "RTSP", "streamUrl": SHOWN, "tags": [],
        "enabled": true, "direction": "both", "captureIntervalSeconds": null, "ipAddress": "10.0.0.9", "version": 1,
    });
    for body in [json!({}), json!({ "version": 1 }), json!({ "streamUrl": SECRET }), same] {
        let (status, answer) = read(call(&api, &admin, Method::PUT, "/CAM-01", &body)).await;
        assert_eq!((status, &answer["data"]), (StatusCode::OK, &made), "{body}");
    }
    assert!(audit(&api, "camera.update").await.is_empty());
    let stale = call(&api, &admin, Method::PUT, "/CAM-01", &json!({ "version": 7 }));
    refused(stale, 409, "VERSION_CONFLICT").await;
    let (_, changed) = read(call(&api, &admin, Method::PUT, "/CAM-01", &json!({ "tags": ["a"] }))).await;
    assert_eq!(changed["data"]["version"], 2);
    assert_eq!(audit(&api, "camera.update").await.len(), 1);
}
