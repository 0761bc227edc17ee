//! Attendance that people write: by hand, changed, deleted, recomputed.

use chrono::{Days, NaiveDate, Utc};
use entity::{
    attendance_log::{self, ActiveModel, Model, OdooStatus, Source, Status},
    audit_log, face_profile, job_outbox, shift_schedule,
};
use reqwest::{Method, RequestBuilder, StatusCode};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use crate::support::{Api, OPERATOR, User, VIEWER, read, refused};

const MANUAL: &str = "/api/v1/attendance/manual";
const RECOMPUTE: &str = "/api/v1/attendance/recompute";

/// A day that is over in every zone, and has no daylight saving in UTC.
fn yesterday() -> NaiveDate {
    Utc::now().date_naive() - Days::new(1)
}

fn at(clock: &str) -> String {
    format!("{}T{clock}Z", yesterday())
}

/// An API with one enrolled person and one shift, from nine to five every day.
pub async fn with_person() -> (Api, User) {
    let api = Api::start().await;
    let operator = api.user(OPERATOR).await;
    let db = &api.database.connection;
    let profile = face_profile::ActiveModel {
        employee_id: Set("EMP-001".to_owned()),
        name: Set("Ada Lovelace".to_owned()),
        status: Set(face_profile::Status::Active),
        ..Default::default()
    };
    profile.insert(db).await.unwrap();
    shift_schedule::Entity::delete_many().exec(db).await.unwrap();
    let shift = shift_schedule::ActiveModel {
        id: Set("SHIFT-OFFICE".to_owned()),
        name: Set("Office".to_owned()),
        start_time: Set("09:00:00".parse().unwrap()),
        end_time: Set("17:00:00".parse().unwrap()),
        days: Set((1..=7).collect()),
        ..Default::default()
    };
    shift.insert(db).await.unwrap();
    (api, operator)
}

fn send(api: &Api, user: &User, method: Method, path: &str, body: &Value) -> RequestBuilder {
    api.request(method, path).json(body).bearer_auth(&user.token)
}

async fn done(request: RequestBuilder, status: StatusCode) -> Value {
    let (given, body) = read(request).await;
    assert_eq!(given, status, "{body}");
    body["data"].clone()
}

async fn came(api: &Api, user: &User, clock: &str) -> Value {
    let body = json!({ "employeeId": "EMP-001", "timestamp": at(clock) });
    done(send(api, user, Method::POST, MANUAL, &body), StatusCode::CREATED).await
}

async fn change(api: &Api, user: &User, id: &Value, body: &Value) -> Value {
    let path = format!("/api/v1/attendance/{}", id.as_str().unwrap());
    done(send(api, user, Method::PUT, &path, body), StatusCode::OK).await
}

async fn rows(api: &Api) -> Vec<Model> {
    attendance_log::Entity::find().all(&api.database.connection).await.unwrap()
}

async fn audited(api: &Api, action: &str) -> Vec<audit_log::Model> {
    let rows = audit_log::Entity::find().all(&api.database.connection).await.unwrap();
    rows.into_iter().filter(|row| row.action == action).collect()
}

#[tokio::test]
async fn an_entry_by_hand_is_a_log_of_the_day_and_is_audited() {
    let (api, operator) = with_person().await;
    let log = came(&api, &operator, "09:05:30").await;
    let expected = json!({
        "employeeId": "EMP-001", "name": "Ada Lovelace", "date": yesterday(), "timeIn": "09:05:30", "status": "late",
        "source": "manual", "odooStatus": "pending",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&log[field], value, "{field}: {log}");
    }
    assert_eq!(log["timeOut"], "09:05:30", "the day is over, and nobody saw the person later");
    let [entry] = audited(&api, "attendance.manual").await.try_into().unwrap();
    assert_eq!(entry.resource_id.as_deref(), log["id"].as_str());
    assert_eq!((entry.old_value, entry.new_value.unwrap()["source"].clone()), (None, json!("manual")));
}

#[tokio::test]
async fn an_unknown_employee_is_not_found_and_every_wrong_field_is_named() {
    let (api, operator) = with_person().await;
    let nobody = json!({ "employeeId": "EMP-404", "timestamp": at("09:00:00") });
    refused(send(&api, &operator, Method::POST, MANUAL, &nobody), 404, "NOT_FOUND").await;
    let wrong =
        json!({ "employeeId": "", "timestamp": "soon", "status": "asleep", "note": "x".repeat(1001) });
    let body = refused(send(&api, &operator, Method::POST, MANUAL, &wrong), 422, "VALIDATION_ERROR").await;
    let fields: Vec<_> =
        body["error"]["details"].as_array().unwrap().iter().map(|issue| issue["field"].clone()).collect();
    for name in ["employeeId", "timestamp", "status", "note"] {
        assert!(fields.contains(&json!(name)), "{name}: {body}");
    }
    let camera = json!({ "employeeId": "EMP-001", "timestamp": at("09:00:00"), "cameraId": "CAM-404" });
    let body = refused(send(&api, &operator, Method::POST, MANUAL, &camera), 422, "VALIDATION_ERROR").await;
    assert_eq!(body["error"]["details"][0]["field"], "cameraId");
    assert!(rows(&api).await.is_empty());
}

#[tokio::test]
async fn what_could_not_have_happened_is_refused_in_words() {
    let (api, operator) = with_person().await;
    let log = came(&api, &operator, "09:00:00").await;
    let path = format!("/api/v1/attendance/{}", log["id"].as_str().unwrap());
    let tomorrow = (Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    for (body, field, issue) in [
        (json!({ "timeOut": "08:00:00" }), "timeOut", "must not be before the check-in"),
        (json!({ "timeIn": tomorrow }), "timeIn", "must not be in the future"),
        (json!({ "timeIn": "nine" }), "timeIn", "must be an RFC 3339 timestamp, or a time of day, HH:MM:SS"),
        (
            json!({ "timeIn": "09:00:60" }),
            "timeIn",
            "must be an RFC 3339 timestamp, or a time of day, HH:MM:SS",
        ),
        (
            json!({ "timeOut": at("09:59:60") }),
            "timeOut",
            "must be an RFC 3339 timestamp, or a time of day, HH:MM:SS",
        ),
        (
            json!({ "status": "missed", "timeIn": "09:30:00" }),
            "timeIn",
            "must be absent where the status is missed",
        ),
        (json!({ "timeIn": null }), "timeIn", "is required: no camera saw the person come"),
    ] {
        let answer = refused(send(&api, &operator, Method::PUT, &path, &body), 422, "VALIDATION_ERROR").await;
        let found = answer["error"]["details"].as_array().unwrap();
        assert!(found.contains(&json!({ "field": field, "issue": issue })), "{body}: {answer}");
    }
    for at in ["2001-01-01T09:00:00Z".to_owned(), at("08:59:60")] {
        let entry = json!({ "employeeId": "EMP-001", "timestamp": at });
        let answer =
            refused(send(&api, &operator, Method::POST, MANUAL, &entry), 422, "VALIDATION_ERROR").await;
        assert_eq!(answer["error"]["details"][0]["field"], "timestamp", "{at}");
    }
}

#[tokio::test]
async fn an_edit_takes_times_of_day_and_instants_and_is_audited_with_old_and_new() {
    let (api, operator) = with_person().await;
    let log = came(&api, &operator, "09:30:00").await;
    let body = json!({ "timeIn": "08:58", "timeOut": at("16:45:00"), "note": " forgot the badge " });
    let changed = change(&api, &operator, &log["id"], &body).await;
    assert_eq!(
        (&changed["timeIn"], &changed["timeOut"], &changed["status"], &changed["note"]),
        (&json!("08:58:00"), &json!("16:45:00"), &json!("present"), &json!("forgot the badge"))
    );
    let [entry] = audited(&api, "attendance.update").await.try_into().unwrap();
    assert_eq!(entry.old_value.unwrap()["time_in"], "09:30:00");
    assert_eq!(entry.new_value.unwrap()["time_in"], "08:58:00");
    let echo =
        json!({ "id": log["id"], "timeIn": "08:58:00", "timeOut": "16:45:00", "note": "forgot the badge" });
    let same =
        done(send(&api, &operator, Method::PUT, "/api/v1/attendance/edit", &echo), StatusCode::OK).await;
    assert_eq!(same, changed, "what is sent back as it was read changes nothing");
    assert_eq!(audited(&api, "attendance.update").await.len(), 1);
}

#[tokio::test]
async fn a_synced_log_that_is_edited_becomes_pending_again() {
    let (api, operator) = with_person().await;
    let log = came(&api, &operator, "09:00:00").await;
    synced(&api, &log).await;
    let changed = change(&api, &operator, &log["id"], &json!({ "timeOut": "17:30:00" })).await;
    assert_eq!(changed["odooStatus"], "pending");
}

async fn synced(api: &Api, log: &Value) {
    let row = ActiveModel {
        id: Set(log["id"].as_str().unwrap().to_owned()),
        odoo_status: Set(OdooStatus::Synced),
        odoo_attendance_id: Set(Some(77)),
        odoo_sent: Set(Some(json!({ "checkIn": at("09:00:00"), "checkOut": null }))),
        ..Default::default()
    };
    row.update(&api.database.connection).await.unwrap();
}

#[tokio::test]
async fn a_deleted_log_that_odoo_has_leaves_a_job_that_removes_it_there() {
    let (api, operator) = with_person().await;
    let log = came(&api, &operator, "09:00:00").await;
    synced(&api, &log).await;
    let path = format!("/api/v1/attendance/{}", log["id"].as_str().unwrap());
    let delete = || api.request(Method::DELETE, &path).bearer_auth(&operator.token);
    assert_eq!(delete().send().await.unwrap().status(), StatusCode::NO_CONTENT);
    refused(delete(), 404, "NOT_FOUND").await;
    assert!(rows(&api).await.is_empty());
    let [job] = job_outbox::Entity::find().all(&api.database.connection).await.unwrap().try_into().unwrap();
    assert_eq!((job.kind.as_str(), &job.payload["odooAttendanceId"]), ("delete_odoo_record", &json!(77)));
    let deleted = audited(&api, "attendance.delete").await;
    assert_eq!(deleted[0].old_value.as_ref().unwrap()["odoo_attendance_id"], 77);
}

#[tokio::test]
async fn a_deleted_log_that_odoo_never_had_leaves_no_job() {
    let (api, operator) = with_person().await;
    let log = came(&api, &operator, "09:00:00").await;
    let path = format!("/api/v1/attendance/{}", log["id"].as_str().unwrap());
    let answer = api.request(Method::DELETE, &path).bearer_auth(&operator.token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert!(job_outbox::Entity::find().all(&api.database.connection).await.unwrap().is_empty());
}

#[tokio::test]
async fn somebody_can_be_entered_as_missed() {
    let (api, operator) = with_person().await;
    let body =
        json!({ "employeeId": "EMP-001", "timestamp": at("12:00:00"), "status": "missed", "note": "ill" });
    let log = done(send(&api, &operator, Method::POST, MANUAL, &body), StatusCode::CREATED).await;
    assert_eq!(
        (&log["status"], &log["timeIn"], &log["odooStatus"]),
        (&json!("missed"), &Value::Null, &json!("skipped"))
    );
    let row = &rows(&api).await[0];
    assert_eq!((row.source, row.status, row.status_entered), (Source::Manual, Status::Missed, true));
}

#[tokio::test]
async fn somebody_who_was_there_is_not_entered_as_missed_and_the_audit_says_what_was_refused() {
    let (api, operator) = with_person().await;
    let log = came(&api, &operator, "09:00:00").await;
    let body = json!({ "employeeId": "EMP-001", "timestamp": at("12:00:00"), "status": "missed" });
    refused(send(&api, &operator, Method::POST, MANUAL, &body), 409, "CONFLICT").await;
    assert_eq!(rows(&api).await[0].status, Status::Present);
    let path = format!("/api/v1/attendance/{}", log["id"].as_str().unwrap());
    refused(
        send(&api, &operator, Method::PUT, &path, &json!({ "timeOut": "noon" })),
        422,
        "VALIDATION_ERROR",
    )
    .await;
    done(
        send(
            &api,
            &operator,
            Method::PUT,
            &path,
            &json!({ "timeOut": "17:00:00", "note": "asked the guard" }),
        ),
        StatusCode::OK,
    )
    .await;
    let audit = audit_log::Entity::find().all(&api.database.connection).await.unwrap();
    let message = |action: &str| audit.iter().find(|row| row.action == action).unwrap().message.clone();
    let whose = format!("The attendance of EMP-001 on {}", yesterday());
    assert_eq!(
        message("attendance.manual"),
        format!("{whose} was entered by hand: time in 09:00:00, time out 09:00:00, status present")
    );
    let changed = message("attendance.update");
    assert!(changed.ends_with("→ 17:00:00, note none → \"asked the guard\""), "{changed}");
    let row = audit.iter().find(|row| row.action.starts_with("PUT ")).unwrap();
    assert_eq!(row.message, format!("{path} was refused with 422 Unprocessable Entity"));
    assert_eq!(
        row.error_message.as_deref(),
        Some("VALIDATION_ERROR: timeOut must be an RFC 3339 timestamp, or a time of day, HH:MM:SS")
    );
}

#[tokio::test]
async fn writing_needs_its_permission() {
    let (api, operator) = with_person().await;
    let viewer = api.user(VIEWER).await;
    let log = came(&api, &operator, "09:00:00").await;
    let path = format!("/api/v1/attendance/{}", log["id"].as_str().unwrap());
    let body = json!({ "note": "mine" });
    let answer = refused(send(&api, &viewer, Method::PUT, &path, &body), 403, "FORBIDDEN").await;
    assert_eq!(answer["error"]["details"]["permission"], "attendance:write");
}

#[tokio::test]
async fn a_recomputation_is_accepted_for_days_whose_detections_are_there() {
    let (api, operator) = with_person().await;
    let ask = |body: Value| send(&api, &operator, Method::POST, RECOMPUTE, &body);
    let job = done(ask(json!({ "date": yesterday() })), StatusCode::ACCEPTED).await;
    assert_eq!(job["status"], "queued");
    let again = done(ask(json!({ "date": yesterday() })), StatusCode::ACCEPTED).await;
    assert_eq!(again["jobId"], job["jobId"], "the one that waits stands in");
    for day in [json!("2001-01-01"), json!(yesterday() + Days::new(3))] {
        let body = refused(ask(json!({ "date": day })), 422, "VALIDATION_ERROR").await;
        assert_eq!(body["error"]["details"][0]["field"], "date", "{day}");
    }
    refused(ask(json!({ "date": yesterday(), "employeeId": "EMP-404" })), 404, "NOT_FOUND").await;
    assert!(!audited(&api, "attendance.recompute").await.is_empty());
}
