//! Cameras out as a file, and in again.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    cameras::{CAMERAS, add, call, camera},
    support::{ADMIN, Api, OPERATOR, User, VIEWER, read, refused},
};

const SECRET: &str = "rtsp://root:hunter2@10.0.0.9:554/live";

async fn import(api: &Api, user: &User, query: &str, rows: &Value) -> Value {
    let (status, body) = read(call(api, user, Method::POST, &format!("/import{query}"), rows)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["data"].clone()
}

async fn file(api: &Api, user: &User) -> Value {
    read(api.get(&format!("{CAMERAS}/export")).bearer_auth(&user.token)).await.1
}

async fn total(api: &Api, user: &User) -> Value {
    read(api.get(CAMERAS).bearer_auth(&user.token)).await.1["meta"]["total"].clone()
}

#[tokio::test]
async fn an_exported_file_is_taken_back_unchanged() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let mut body = camera("CAM-01", SECRET);
    body["tags"] = json!(["door"]);
    body["captureIntervalSeconds"] = json!(7);
    let made = add(&api, &admin, &body).await;
    add(&api, &admin, &camera("CAM-02", "rtsp://cam/plain")).await;
    let answer = api.get(&format!("{CAMERAS}/export")).bearer_auth(&admin.token).send().await.unwrap();
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("attachment"));
    let exported: Value = answer.json().await.unwrap();
    assert!(!exported.to_string().contains("hunter2"), "{exported}");

    let nothing = json!({ "created": 0, "updated": 0, "deleted": 0 });
    assert_eq!(import(&api, &admin, "?mode=replace", &exported).await, nothing);
    let (_, after) = read(api.get(&format!("{CAMERAS}/CAM-01")).bearer_auth(&admin.token)).await;
    assert_eq!(after["data"], made);
    assert_eq!(file(&api, &admin).await, exported);
}

#[tokio::test]
async fn a_merge_makes_and_changes_and_a_replace_also_deletes() {
    let api = Api::start().await;
    let operator = api.user(OPERATOR).await;
    for id in ["CAM-01", "CAM-02", "CAM-03"] {
        add(&api, &operator, &camera(id, SECRET)).await;
    }
    let mut renamed = camera("CAM-02", "rtsp://***:***@10.0.0.9:554/live");
    renamed["name"] = json!("Renamed");
    let mut unnamed = camera("", "rtsp://cam/new");
    unnamed.as_object_mut().unwrap().remove("id");
    let rows = json!([camera("CAM-01", SECRET), renamed, unnamed]);

    let planned = import(&api, &operator, "?mode=replace&dryRun=true", &rows).await;
    assert_eq!(planned, json!({ "created": 1, "updated": 1, "deleted": 1 }));
    assert_eq!(total(&api, &operator).await, 3);
    assert_eq!(import(&api, &operator, "", &rows).await, json!({ "created": 1, "updated": 1, "deleted": 0 }));
    assert_eq!(total(&api, &operator).await, 4);
    let replaced = import(&api, &operator, "?mode=replace", &json!([camera("CAM-02", SECRET)])).await;
    assert_eq!(replaced, json!({ "created": 0, "updated": 1, "deleted": 3 }));
    let (_, list) = read(api.get(CAMERAS).bearer_auth(&operator.token)).await;
    assert_eq!((&list["meta"]["total"], &list["data"][0]["streamUrl"]), (&json!(1), &json!(SECRET)));
}

#[tokio::test]
async fn any_wrong_row_is_told_and_then_nothing_is_written() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("GONE", SECRET)).await;
    call(&api, &admin, Method::DELETE, "/GONE", &Value::Null).send().await.unwrap();
    let rows = json!([
        camera("CAM-01", SECRET),
        { "id": "CAM-02", "name": "", "streamType": "Telepathy" },
        camera("CAM-03", "rtsp://***:***@cam/"),
        camera("CAM-01", SECRET),
        camera("GONE", SECRET),
        "no camera",
    ]);
    let answer = refused(call(&api, &admin, Method::POST, "/import", &rows), 422, "VALIDATION_ERROR").await;
    let failed = answer["error"]["details"]["failed"].as_array().unwrap();
    let indexes: Vec<_> = failed.iter().map(|row| row["index"].as_u64().unwrap()).collect();
    assert_eq!(indexes, [1, 2, 3, 4, 5], "{answer}");
    let mut fields: Vec<_> = failed[0]["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["field"].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["name", "streamType", "streamUrl"]);
    assert_eq!(failed[1]["issues"][0]["field"], "streamUrl");
    assert_eq!(total(&api, &admin).await, 0);
}

#[tokio::test]
async fn what_is_no_list_is_refused() {
    let api = Api::start().await;
    let (admin, viewer) = (api.user(ADMIN).await, api.user(VIEWER).await);
    refused(call(&api, &admin, Method::POST, "/import", &json!({})), 422, "VALIDATION_ERROR").await;
    let wrong = call(&api, &admin, Method::POST, "/import?mode=guess", &json!([]));
    refused(wrong, 422, "VALIDATION_ERROR").await;
    refused(call(&api, &viewer, Method::POST, "/import", &json!([])), 403, "FORBIDDEN").await;
    let many = Value::from(vec![json!({}); 5_001]);
    refused(call(&api, &admin, Method::POST, "/import", &many), 422, "VALIDATION_ERROR").await;
}
