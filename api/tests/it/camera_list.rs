//! The polled lists of cameras: what they show, and that they are never older than a change.

use entity::camera_summary;
use reqwest::{Method, StatusCode};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::{
    cameras::{CAMERAS, add, call, camera, get},
    support::{ADMIN, Api, read, refused},
};

const URL: &str = "rtsp://cam/live";

fn ids(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|camera| camera["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_list_is_filtered_searched_and_paged_and_its_total_is_right() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    for (id, extra) in [
        ("CAM-01", json!({ "name": "Entrance 50%" })),
        ("CAM-02", json!({ "name": "Lobby", "location": "Ground_floor", "enabled": false })),
        ("CAM-10", json!({ "name": "Ärztezimmer", "status": "online" })),
        ("CAM-9", json!({ "streamType": "HTTP", "streamUrl": "http://cam/x.jpg" })),
    ] {
        let mut body = camera(id, "rtsp://cam/");
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        add(&api, &admin, &body).await;
    }
    for (query, expected) in [
        ("", &["CAM-9", "CAM-01", "CAM-02", "CAM-10"][..]),
        ("?status=online", &["CAM-10"]),
        ("?streamType=HTTP", &["CAM-9"]),
        ("?enabled=false", &["CAM-02"]),
        ("?search=eNtRaNcE", &["CAM-01"]),
        ("?search=50%25", &["CAM-01"]),
        ("?search=%25", &["CAM-01"]),
        ("?search=_", &["CAM-02"]),
        ("?search=%C3%84RZTE", &["CAM-10"]),
        ("?search=nothing", &[]),
        ("?search=Door&streamType=RTSP&enabled=true", &["CAM-01", "CAM-10"]),
        ("?page=2&pageSize=3", &["CAM-10"]),
        ("?page=9", &[]),
    ] {
        assert_eq!(ids(&get(&api, &admin, query).await), expected, "{query}");
    }
    let meta = get(&api, &admin, "?page=2&pageSize=3").await["meta"].clone();
    assert_eq!(meta, json!({ "page": 2, "pageSize": 3, "total": 4, "totalPages": 2 }));
    for (query, field) in [
        ("?status=asleep", "status"),
        ("?streamType=rtsp", "streamType"),
        ("?enabled=perhaps", "enabled"),
        ("?pageSize=201", "pageSize"),
        ("?page=0", "page"),
        ("?search=%00", "search"),
    ] {
        let request = api.get(&format!("{CAMERAS}{query}")).bearer_auth(&admin.token);
        let body = refused(request, 422, "VALIDATION_ERROR").await;
        assert_eq!(body["error"]["details"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn the_list_is_dropped_at_every_change_on_every_replica() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let replica = api.replica().await;
    add(&api, &admin, &camera("CAM-01", "rtsp://cam/")).await;
    let there = async || {
        let list = api.client.get(format!("http://{replica}{CAMERAS}")).bearer_auth(&admin.token);
        read(list).await.1["data"][0]["name"].clone()
    };
    // The replica may join the bus after the first change, and then its list lives for its 10 s.
    for number in 0..5 {
        assert!(there().await.is_string());
        let name = format!("Name {number}");
        let change = call(&api, &admin, Method::PUT, "/CAM-01", &json!({ "name": name }));
        assert_eq!(read(change).await.0, StatusCode::OK);
        assert_eq!(get(&api, &admin, "").await["data"][0]["name"], *name);
        let limit = std::time::Duration::from_secs(if number == 0 { 12 } else { 4 });
        testkit::eventually(limit, "the replica's list follows", async || {
            (there().await == *name).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn an_unchanged_list_is_answered_with_304() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", "rtsp://cam/")).await;
    for path in ["", "/summary"] {
        let list = || api.get(&format!("{CAMERAS}{path}")).bearer_auth(&admin.token);
        let etag = list().send().await.unwrap().headers()["etag"].clone();
        let again = list().header("if-none-match", &etag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        add(&api, &admin, &camera(&format!("X{}", path.len()), "rtsp://cam/")).await;
        let other = list().header("if-none-match", &etag).send().await.unwrap();
        assert_eq!(other.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn the_summary_counts_the_sites_day() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let db = &api.database.connection;
    // Its day begins 14 hours before UTC's.
    let zone: chrono_tz::Tz = chrono_tz::Pacific::Kiritimati;
    let value = json!(zone.name());
    let config =
        entity::system_config::ActiveModel { value: sea_orm::ActiveValue::Set(value), ..Default::default() };
    let row = entity::system_config::Column::Key.eq("attendance.timezone");
    entity::system_config::Entity::update_many().set(config).filter(row).exec(db).await.unwrap();
    for id in ["CAM-01", "CAM-02", "CAM-03"] {
        add(&api, &admin, &camera(id, URL)).await;
    }
    let today = chrono::Utc::now().with_timezone(&zone).date_naive();
    camera_summary::add_faces(db, "CAM-01", today, 5, 2).await.unwrap();
    camera_summary::add_faces(db, "CAM-02", today.pred_opt().unwrap(), 9, 9).await.unwrap();
    camera_summary::add_faces(db, "CAM-03", today, 1, 0).await.unwrap();
    for is_up in [true, true, true, false] {
        camera_summary::add_check(db, "CAM-01", today, is_up).await.unwrap();
    }
    let summary = get(&api, &admin, "/summary").await;
    let expected = json!([
        { "id": "CAM-01", "detectionsToday": 5, "unknownFaces": 2, "uptimePercent": 75.0 },
        { "id": "CAM-02", "detectionsToday": 0, "unknownFaces": 0, "uptimePercent": null },
        { "id": "CAM-03", "detectionsToday": 1, "unknownFaces": 0, "uptimePercent": null },
    ]);
    assert_eq!((&summary["data"], summary.get("meta")), (&expected, None));
}
