//! Shifts, and how they were kept.

use chrono::{Days, Utc};
use entity::{audit_log, shift_schedule};
use reqwest::{Method, RequestBuilder, StatusCode};
use sea_orm::{ConnectionTrait as _, EntityTrait as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{ADMIN, Api, OPERATOR, User, VIEWER, read, refused};

const SHIFTS: &str = "/api/v1/shifts";

fn send(api: &Api, user: &User, method: Method, path: &str, body: &Value) -> RequestBuilder {
    api.request(method, path).json(body).bearer_auth(&user.token)
}

async fn made(api: &Api, admin: &User, body: &Value) -> Value {
    let (status, answer) = read(send(api, admin, Method::POST, SHIFTS, body)).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["data"].clone()
}

fn night() -> Value {
    json!({ "name": "Night", "startTime": "22:00", "endTime": "06:00:00", "days": [5, 1, 1], "graceMinutes": 10 })
}

#[tokio::test]
async fn a_shift_is_made_listed_changed_and_deleted() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let shift = made(&api, &admin, &night()).await;
    let expected = json!({
        "id": "SHIFT-01", "name": "Night", "startTime": "22:00:00", "endTime": "06:00:00", "crossesMidnight": true,
        "days": [1, 5], "location": null, "graceMinutes": 10, "expectedHeadcount": 0, "departmentId": null,
        "department": null, "compliance": shift["compliance"],
    });
    assert_eq!(shift, expected);
    let path = format!("{SHIFTS}/SHIFT-01");
    let change = json!({ "name": "Guards", "endTime": "23:30" });
    let (status, changed) = read(send(&api, &admin, Method::PUT, &path, &change)).await;
    assert_eq!((status, &changed["data"]["name"]), (StatusCode::OK, &json!("Guards")));
    assert_eq!(changed["data"]["crossesMidnight"], false);
    read(send(&api, &admin, Method::PUT, &path, &change)).await;
    let deleted = api.request(Method::DELETE, &path).bearer_auth(&admin.token).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    refused(api.request(Method::DELETE, &path).bearer_auth(&admin.token), 404, "NOT_FOUND").await;
    let rows = audit_log::Entity::find().all(&api.database.connection).await.unwrap();
    let actions: Vec<_> =
        rows.iter().map(|row| row.action.as_str()).filter(|a| a.starts_with("shift.")).collect();
    assert_eq!(actions, ["shift.create", "shift.update", "shift.delete"], "the same again changes nothing");
}

#[tokio::test]
async fn every_wrong_field_of_a_shift_is_named() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let wrong = json!({
        "name": " ", "startTime": "25:00", "endTime": "06:00:60", "days": [0, 8], "departmentId": Uuid::now_v7(),
    });
    let body = refused(send(&api, &admin, Method::POST, SHIFTS, &wrong), 422, "VALIDATION_ERROR").await;
    let mut fields: Vec<_> =
        body["error"]["details"].as_array().unwrap().iter().map(|i| i["field"].clone()).collect();
    fields.sort_by_key(ToString::to_string);
    assert_eq!(json!(fields), json!(["days", "departmentId", "endTime", "name", "startTime"]));
    let empty = json!({ "name": "x", "startTime": "09:00", "endTime": "09:00", "days": [1] });
    let body = refused(send(&api, &admin, Method::POST, SHIFTS, &empty), 422, "VALIDATION_ERROR").await;
    assert_eq!(body["error"]["details"][0]["field"], "endTime");
    let taken =
        json!({ "id": "SHIFT-DAY", "name": "x", "startTime": "09:00", "endTime": "10:00", "days": [1] });
    refused(send(&api, &admin, Method::POST, SHIFTS, &taken), 409, "CONFLICT").await;
}

#[tokio::test]
async fn compliance_is_the_share_of_expected_people_who_came_in_time() {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    let today = Utc::now().date_naive();
    for (n, (days_ago, status)) in
        [(0, "present"), (1, "present"), (2, "late"), (3, "missed"), (3, "present"), (40, "missed")]
            .iter()
            .enumerate()
    {
        let day = today - Days::new(*days_ago);
        let log = format!(
            "INSERT INTO attendance_logs (id, employee_id, name, date, status, source, shift_id)
             VALUES ('ATT-{n}', 'EMP-{n}', 'x', '{day}', '{status}', 'camera', 'SHIFT-DAY')"
        );
        api.database.connection.execute_unprepared(&log).await.unwrap();
    }
    let list = async |query: &str| {
        let (status, body) = read(api.get(&format!("{SHIFTS}{query}")).bearer_auth(&viewer.token)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let shifts = body["data"].as_array().unwrap().clone();
        shifts.into_iter().find(|shift| shift["id"] == "SHIFT-DAY").unwrap()["compliance"].clone()
    };
    let usual = list("").await;
    let expected = json!({
        "dateFrom": today - Days::new(29), "dateTo": today, "expected": 5, "inTime": 3, "late": 1, "missed": 1,
        "percent": 60.0,
    });
    assert_eq!(usual, expected);
    let day = today - Days::new(3);
    assert_eq!(list(&format!("?dateFrom={day}&dateTo={day}")).await["percent"], 50.0);
    let empty = today - Days::new(100);
    assert_eq!(list(&format!("?dateFrom={empty}&dateTo={empty}")).await["percent"], Value::Null);
}

#[tokio::test]
async fn shifts_are_seen_by_all_and_changed_by_administrators() {
    let api = Api::start().await;
    let (operator, viewer) = (api.user(OPERATOR).await, api.user(VIEWER).await);
    let (status, body) = read(api.get(SHIFTS).bearer_auth(&viewer.token)).await;
    assert_eq!((status, body["data"].as_array().unwrap().len()), (StatusCode::OK, 2));
    refused(send(&api, &operator, Method::POST, SHIFTS, &night()), 403, "FORBIDDEN").await;
    assert_eq!(shift_schedule::all(&api.database.connection).await.unwrap().len(), 2);
}
