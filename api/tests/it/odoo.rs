//! The connection to Odoo: its settings, trying it, asking for a sync, and what came of each log.

use std::time::Duration;

use apalis::prelude::{BoxDynError, WorkerBuilder, WorkerError};
use chrono::{TimeDelta, Utc};
use entity::{
    attendance_log::{self, OdooStatus, Source, Status, VerificationStatus},
    audit_log, face_profile, odoo_config, odoo_sync_log,
};
use odoo::stand_in::{Employee, Fault, Rights, Setup, StandIn};
use queue::{Delivery, JobState, Outcome, QueueShare, Queues, QueuesConfig, RedisBackend, WorkerOptions};
use reqwest::{Method, RequestBuilder, StatusCode};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::{ADMIN, Api, OPERATOR, User, VIEWER, read, refused};

const CONFIG: &str = "/api/v1/odoo/config";

async fn stored(api: &Api) -> odoo_config::Model {
    odoo_config::get(&api.database.connection).await.unwrap()
}

async fn stand_in(version: u32) -> StandIn {
    StandIn::start("127.0.0.1:0".parse().unwrap(), Setup::of(version)).await.unwrap()
}

/// Enters a stand-in as the server.
async fn connect(api: &Api, user: &User, server: &StandIn) -> Value {
    let setup = Setup::of(19);
    let body = json!({
        "baseUrl": server.url(), "database": setup.database, "username": setup.login, "apiKey": setup.api_key,
    });
    api.set(user, CONFIG, &body).await
}

async fn try_it(api: &Api, user: &User) -> Value {
    let (status, body) = read(api.request(Method::POST, "/api/v1/odoo/test").bearer_auth(&user.token)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["data"].clone()
}

fn sync(api: &Api, user: &User, query: &str, body: &Value) -> RequestBuilder {
    api.post(&format!("/api/v1/odoo/sync{query}"), body).bearer_auth(&user.token)
}

fn get(api: &Api, user: &User, path: &str) -> RequestBuilder {
    api.get(&format!("/api/v1/odoo{path}")).bearer_auth(&user.token)
}

async fn log(api: &Api, employee_id: &str, day: u32, status: OdooStatus, record: Option<i64>) -> String {
    let date = chrono::NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    let row = attendance_log::ActiveModel {
        id: Set(format!("ATT-{}-{employee_id}", date.format("%Y%m%d"))),
        employee_id: Set(employee_id.to_owned()),
        name: Set(employee_id.to_owned()),
        date: Set(date),
        check_in_at: Set(Some(date.and_hms_opt(8, 0, 0).unwrap().and_utc())),
        status: Set(Status::Present),
        source: Set(Source::Camera),
        verification_status: Set(VerificationStatus::Auto),
        odoo_status: Set(status),
        odoo_attendance_id: Set(record),
        ..Default::default()
    };
    row.insert(&api.database.connection).await.unwrap().id
}

async fn enrol(api: &Api, employee_id: &str) {
    let row = face_profile::ActiveModel {
        employee_id: Set(employee_id.to_owned()),
        name: Set(employee_id.to_owned()),
        status: Set(face_profile::Status::Active),
        ..Default::default()
    };
    row.insert(&api.database.connection).await.unwrap();
}

fn hire(server: &StandIn, badge: &str) {
    let employee = Employee { barcode: Some(badge.to_owned()), ..Employee::default() };
    server.world().hire(employee).unwrap();
}

#[tokio::test]
async fn the_settings_have_every_field_of_the_contract() {
    let api = Api::start().await;
    let operator = api.user(OPERATOR).await;
    log(&api, "E1", 2, OdooStatus::Pending, None).await;
    log(&api, "E1", 3, OdooStatus::Failed, None).await;
    log(&api, "E1", 4, OdooStatus::Synced, Some(1)).await;
    let (status, body) = read(get(&api, &operator, "/config")).await;
    let expected = json!({
        "baseUrl": "", "database": "", "username": "", "company": null, "apiKey": null, "autoSync": false,
        "status": "disconnected", "lastSync": null, "pendingCount": 1, "failureCount": 1, "version": 1,
    });
    assert_eq!((status, &body["data"]), (StatusCode::OK, &expected));
    let (status, body) = read(get(&api, &operator, "/status")).await;
    let expected = json!({
        "status": "disconnected", "lastSync": null, "pendingCount": 1, "failureCount": 1, "running": false,
    });
    assert_eq!((status, &body["data"]), (StatusCode::OK, &expected));
}

#[tokio::test]
async fn a_key_is_written_sealed_and_never_read() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    assert_eq!(api.set(&admin, CONFIG, &json!({ "apiKey": "top-secret" })).await["apiKey"], "***");
    let sealed = stored(&api).await.api_key.unwrap();
    assert!(sealed.expose().starts_with("v1:") && !sealed.expose().contains("top-secret"));
    for body in [json!({ "apiKey": "***" }), json!({ "autoSync": true }), json!({ "apiKey": null })] {
        assert_eq!(api.set(&admin, CONFIG, &body).await["apiKey"], "***");
        assert_eq!(stored(&api).await.api_key.unwrap(), sealed, "{body}");
    }
    assert_eq!(api.set(&admin, CONFIG, &json!({ "apiKey": "" })).await["apiKey"], Value::Null);
    let rows = audit_log::Entity::find().all(&api.database.connection).await.unwrap();
    let text = serde_json::to_string(&rows).unwrap();
    assert!(rows.iter().any(|row| row.action == "odoo.update"));
    assert!(!text.contains("top-secret") && !text.contains(sealed.expose()));
}

#[tokio::test]
async fn a_stored_key_goes_to_no_server_but_its_own() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    api.set(&admin, CONFIG, &json!({ "baseUrl": "http://127.0.0.1:8069", "apiKey": "top-secret" })).await;
    for address in ["http://127.0.0.1:8070", "https://127.0.0.1:8069", "http://127.0.0.2:8069", ""] {
        for body in [json!({ "baseUrl": address }), json!({ "baseUrl": address, "apiKey": "***" })] {
            let answer = refused(api.put(&admin, CONFIG, &body), 422, "VALIDATION_ERROR").await;
            assert_eq!(answer["error"]["details"][0]["field"], "apiKey", "{body}: {answer}");
        }
    }
    api.set(&admin, CONFIG, &json!({ "baseUrl": "http://127.0.0.1:8069/odoo", "apiKey": "***" })).await;
    api.set(&admin, CONFIG, &json!({ "baseUrl": "http://127.0.0.1:8070", "apiKey": "another" })).await;
    api.set(&admin, CONFIG, &json!({ "baseUrl": "", "apiKey": "" })).await;
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_and_a_change_of_nothing_is_none() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let first = api.set(&admin, CONFIG, &json!({ "database": "company", "apiKey": "k", "version": 1 })).await;
    assert_eq!(first["version"], 2);
    refused(api.put(&admin, CONFIG, &json!({ "database": "x", "version": 1 })), 409, "VERSION_CONFLICT")
        .await;
    assert_eq!(api.set(&admin, CONFIG, &json!({ "database": "company", "apiKey": "k" })).await, first);
}

#[tokio::test]
async fn wrong_settings_are_named_and_only_administrators_write() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    for (field, value) in [
        ("baseUrl", json!("ftp://odoo/")),
        ("baseUrl", json!("http://169.254.169.254/latest")),
        ("baseUrl", json!("http://user:password@odoo/")),
        ("baseUrl", json!("http://odoo/?db=x")),
        ("baseUrl", json!("odoo")),
        ("database", json!("a\u{0007}b")),
        ("username", json!("x".repeat(201))),
        ("apiKey", json!("a b")),
        ("autoSync", json!("yes")),
    ] {
        let answer =
            refused(api.put(&admin, CONFIG, &json!({ field: value })), 422, "VALIDATION_ERROR").await;
        assert_eq!(answer["error"]["details"][0]["field"], field, "{answer}");
    }
    for role in [OPERATOR, VIEWER] {
        let user = api.user(role).await;
        refused(api.put(&user, CONFIG, &json!({ "autoSync": true })), 403, "FORBIDDEN").await;
        refused(sync(&api, &user, "", &json!({})), 403, "FORBIDDEN").await;
    }
    refused(get(&api, &api.user(VIEWER).await, "/config"), 403, "FORBIDDEN").await;
    assert_eq!(stored(&api).await.version, 1);
}

#[tokio::test]
async fn a_test_signs_in_and_counts_whom_odoo_knows_in_every_version() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    for person in ["E1", "E2", "E3"] {
        enrol(&api, person).await;
    }
    for version in [16, 17, 18, 19] {
        let server = stand_in(version).await;
        hire(&server, "E1");
        hire(&server, "E2");
        connect(&api, &admin, &server).await;
        assert_eq!(stored(&api).await.status, odoo_config::Status::Disconnected, "it has not been tried");
        let found = try_it(&api, &admin).await;
        assert_eq!(
            (&found["success"], &found["serverVersion"]),
            (&json!(true), &json!(format!("{version}.0")))
        );
        assert_eq!((&found["matchedPeople"], &found["people"]), (&json!(2), &json!(3)), "{found}");
        assert!(found["latencyMs"].is_u64(), "{found}");
        assert_eq!(stored(&api).await.status, odoo_config::Status::Connected);
    }
}

#[tokio::test]
async fn a_test_that_fails_says_what_to_do() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let failing = async |advice: &str| {
        let found = try_it(&api, &admin).await;
        assert_eq!(found["success"], false, "{found}");
        assert!(found["message"].as_str().unwrap().contains(advice), "{advice}: {found}");
    };
    failing("enter address").await;
    let server = stand_in(18).await;
    connect(&api, &admin, &server).await;
    server.world().rights = Rights { employees: false, read: true, change: true };
    failing("Employees / Officer").await;
    server.world().rights = Rights { employees: true, read: true, change: false };
    failing("Attendances / Administrator").await;
    server.world().key_expired = true;
    failing("make a new key").await;
    assert_eq!(stored(&api).await.status, odoo_config::Status::Error);
    server.faults().next(None, Fault::StatusBefore(503));
    failing("whether the server runs").await;
    api.set(&admin, CONFIG, &json!({ "database": "nowhere" })).await;
    failing("correct the database name").await;
}

#[tokio::test]
async fn a_sync_is_a_job_and_a_second_one_of_everything_is_the_same() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    refused(sync(&api, &admin, "", &json!({})), 409, "INVALID_STATE").await;
    connect(&api, &admin, &stand_in(19).await).await;
    log(&api, "E1", 2, OdooStatus::Pending, None).await;
    let named = log(&api, "E1", 3, OdooStatus::Synced, Some(7)).await;
    let (status, first) = read(sync(&api, &admin, "", &json!({}))).await;
    assert_eq!((status, &first["data"]["queued"]), (StatusCode::ACCEPTED, &json!(1)), "{first}");
    let (_, second) = read(sync(&api, &admin, "", &json!({}))).await;
    assert_eq!(second, first);
    let body = json!({ "recordIds": [named] });
    let (status, other) = read(sync(&api, &admin, "", &body)).await;
    assert_eq!((status, &other["data"]["queued"]), (StatusCode::ACCEPTED, &json!(1)));
    assert_ne!(other["data"]["jobId"], first["data"]["jobId"]);
    let keyed = |body: &Value| sync(&api, &admin, "", body).header("Idempotency-Key", "once");
    let (_, answer) = read(keyed(&body)).await;
    assert_eq!(read(keyed(&body)).await.1["data"]["jobId"], answer["data"]["jobId"]);
    refused(keyed(&json!({})), 422, "IDEMPOTENCY_KEY_REUSED").await;
    for wrong in
        [json!({ "recordIds": ["ATT-1"] }), json!({ "recordIds": [] }), json!({ "recordIds": "all" })]
    {
        refused(sync(&api, &admin, "", &wrong), 422, "VALIDATION_ERROR").await;
    }
}

/// A worker whose attempts end as those of a sync do while Odoo has not shown yet what it took.
fn patient_worker(api: &Api) -> (Queues, JoinHandle<Result<(), WorkerError>>) {
    let config = QueuesConfig { prefix: api.settings.redis_prefix.clone(), ..QueuesConfig::default() };
    let queues = Queues::lazy(api.settings.redis_url.expose(), config).unwrap();
    let kinds = vec![("odoo_sync".to_owned(), 1)];
    let options = WorkerOptions::new("patient-1", vec![QueueShare::new("integrations")], kinds);
    let backend = RedisBackend::new(queues.clone(), options).unwrap();
    (queues, tokio::spawn(WorkerBuilder::new("patient-1").backend(backend).build(come_back).run()))
}

async fn come_back(_: Delivery) -> Result<Outcome, BoxDynError> {
    Ok(Outcome::Snooze(Duration::from_secs(60)))
}

#[tokio::test]
async fn a_sync_is_under_way_from_its_acceptance_to_its_end() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    connect(&api, &admin, &stand_in(19).await).await;
    let running = async || read(get(&api, &admin, "/status")).await.1["data"]["running"].clone();
    assert_eq!(running().await, false);
    let (_, asked) = read(sync(&api, &admin, "", &json!({}))).await;
    assert_eq!(running().await, true, "it waits for a worker");
    let id = asked["data"]["jobId"].as_str().unwrap().to_owned();
    let (queues, worker) = patient_worker(&api);
    let set_aside = async || {
        let job = queues.job(id.parse().unwrap()).await.unwrap();
        job.filter(|job| job.state == JobState::Scheduled)
    };
    testkit::eventually(Duration::from_secs(10), "the attempt ends", set_aside).await;
    assert_eq!(running().await, true, "it waits for Odoo");
    let cancel = api.request(Method::POST, &format!("/api/v1/jobs/{id}/cancel"));
    assert_eq!(read(cancel.bearer_auth(&admin.token)).await.0, StatusCode::ACCEPTED);
    assert_eq!(running().await, false);
    worker.abort();
}

#[tokio::test]
async fn a_dry_run_tells_what_would_be_and_changes_nothing() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let server = stand_in(19).await;
    connect(&api, &admin, &server).await;
    hire(&server, "E1");
    log(&api, "E1", 2, OdooStatus::Pending, None).await;
    log(&api, "E1", 3, OdooStatus::Failed, Some(7)).await;
    log(&api, "E2", 2, OdooStatus::Pending, None).await;
    let leaving = log(&api, "E1", 4, OdooStatus::Skipped, Some(8)).await;
    let sent = attendance_log::Entity::update_many().set(attendance_log::ActiveModel {
        odoo_sent: Set(Some(json!({ "employee": 1 }))),
        ..Default::default()
    });
    sent.filter(attendance_log::Column::Id.eq(leaving)).exec(&api.database.connection).await.unwrap();
    let (status, body) = read(sync(&api, &admin, "?dryRun=true", &json!({}))).await;
    let expected = json!({ "wouldCreate": 1, "wouldUpdate": 1, "wouldDelete": 1, "unmatched": ["E2"] });
    assert_eq!((status, &body["data"]), (StatusCode::OK, &expected));
    let named = json!({ "recordIds": ["ATT-20261102-E1"] });
    let (_, body) = read(sync(&api, &admin, "?dryRun=true", &named)).await;
    let expected = json!({ "wouldCreate": 1, "wouldUpdate": 0, "wouldDelete": 0, "unmatched": [] });
    assert_eq!(body["data"], expected, "of the named logs alone");
    assert_eq!(server.world().attendances().count(), 0);
    let jobs = entity::job_outbox::Entity::find().all(&api.database.connection).await.unwrap();
    assert!(jobs.is_empty());
}

#[tokio::test]
async fn results_are_listed_by_result_person_and_time() {
    let api = Api::start().await;
    let operator = api.user(OPERATOR).await;
    let now = Utc::now();
    for (person, result, age) in [
        ("E1", odoo_sync_log::SyncResult::Success, 0),
        ("E1", odoo_sync_log::SyncResult::Failure, 3),
        ("E2", odoo_sync_log::SyncResult::Success, 30),
    ] {
        let row = odoo_sync_log::ActiveModel {
            job_id: Set(Uuid::now_v7()),
            timestamp: Set(now - TimeDelta::hours(age)),
            attendance_log_id: Set(Some("ATT-20261102-001".to_owned())),
            employee_id: Set(person.to_owned()),
            result: Set(result),
            message: Set(Some("made record 7".to_owned())),
            ..Default::default()
        };
        row.insert(&api.database.connection).await.unwrap();
    }
    let yesterday = (now - TimeDelta::hours(24)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    for (query, total) in [
        (String::new(), 3),
        ("?result=failure".to_owned(), 1),
        ("?employeeId=E1".to_owned(), 2),
        ("?employeeId=E1&result=success".to_owned(), 1),
        (format!("?from={yesterday}"), 2),
        (format!("?to={yesterday}"), 1),
    ] {
        let (status, body) = read(get(&api, &operator, &format!("/logs{query}"))).await;
        assert_eq!((status, &body["meta"]["total"]), (StatusCode::OK, &json!(total)), "{query}: {body}");
    }
    let (_, body) = read(get(&api, &operator, "/logs?pageSize=1")).await;
    let newest = &body["data"][0];
    assert_eq!((&newest["employeeId"], &newest["result"]), (&json!("E1"), &json!("success")));
    assert_eq!(newest["message"], "made record 7");
    for (query, field) in [("result=maybe", "result"), ("from=2026-11-03&to=2026-11-02", "from")] {
        let answer = refused(get(&api, &operator, &format!("/logs?{query}")), 422, "VALIDATION_ERROR").await;
        assert_eq!(answer["error"]["details"][0]["field"], field);
    }
}
