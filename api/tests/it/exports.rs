//! Files that are asked for over HTTP: the job, the row, whose they are, and the way to them.

use chrono::{TimeDelta, Utc};
use entity::{
    audit_log,
    export_job::{self, ExportFormat, ExportKind, Status},
    job_outbox,
};
use reqwest::{Method, StatusCode, redirect::Policy};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, EntityTrait as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{ADMIN, Api, OPERATOR, User, VIEWER, read, refused};

const EXPORT: &str = "/api/v1/attendance/export";
const EXPORTS: &str = "/api/v1/exports";
const GENERATE: &str = "/api/v1/reports/generate";
const SCHEDULES: &str = "/api/v1/reports/schedules";

async fn ask(api: &Api, user: &User, path: &str, body: &Value) -> Value {
    let (status, answer) = read(api.post(path, body).bearer_auth(&user.token)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    answer["data"].clone()
}

async fn row(api: &Api, id: Uuid) -> Option<export_job::Model> {
    export_job::Entity::find_by_id(id).one(&api.database.connection).await.unwrap()
}

fn id_of(answer: &Value, field: &str) -> Uuid {
    answer[field].as_str().unwrap().parse().unwrap()
}

/// A file of `user`'s that is ready, with its object in storage.
async fn ready(api: &Api, user: &User) -> export_job::Model {
    let id = Uuid::now_v7();
    let key = jobs::file_key(ExportKind::Attendance, ExportFormat::Csv, id);
    let storage = platform::storage::ObjectStore::new(&api.settings.storage).unwrap();
    storage.put(&key, "text/csv", "a,b\r\n".into()).await.unwrap();
    let row = export_job::ActiveModel {
        id: Set(id),
        user_id: Set(user.id),
        kind: Set(ExportKind::Attendance),
        format: Set(ExportFormat::Csv),
        description: Set(Some("2026-11-01-to-2026-11-30".to_owned())),
        filters: Set(json!({})),
        status: Set(Status::Completed),
        progress: Set(100),
        record_count: Set(Some(0)),
        file_size: Set(Some(5)),
        s3_key: Set(Some(key)),
        generated_at: Set(Some(Utc::now())),
        expires_at: Set(Some(Utc::now() + TimeDelta::days(7))),
        ..Default::default()
    };
    row.insert(&api.database.connection).await.unwrap()
}

fn fields(body: &Value) -> Vec<&str> {
    let details = body["error"]["details"].as_array().unwrap();
    details.iter().map(|issue| issue["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_export_is_a_job_a_row_and_an_audit_entry_under_one_id() {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    let body = json!({ "format": "csv", "filters": { "search": " Ann ", "status": "late", "dateFrom": "2026-03-01" } });
    let answer = ask(&api, &viewer, EXPORT, &body).await;
    let id = id_of(&answer, "exportId");
    assert_eq!((id_of(&answer, "jobId"), &answer["status"]), (id, &json!("queued")));
    let export = row(&api, id).await.unwrap();
    assert_eq!(
        (export.user_id, export.kind, export.status),
        (viewer.id, ExportKind::Attendance, Status::Queued)
    );
    assert_eq!(export.filters, json!({ "search": "Ann", "status": "late", "dateFrom": "2026-03-01" }));
    let db = &api.database.connection;
    let job = job_outbox::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
    assert_eq!((job.kind.as_str(), job.queue.as_str()), ("generate_export", "exports"));
    assert_eq!(job.payload["content"]["search"], "Ann");
    let audit = audit_log::Entity::find().all(db).await.unwrap();
    assert!(audit.iter().any(|row| row.action == "export.create" && row.resource_id == Some(id.to_string())));
    let (_, listed) = read(api.get(EXPORTS).bearer_auth(&viewer.token)).await;
    assert_eq!((&listed["data"][0]["id"], &listed["meta"]["total"]), (&json!(id), &json!(1)));
    assert_eq!(
        (&listed["data"][0]["type"], &listed["data"][0]["downloadUrl"]),
        (&json!("attendance"), &Value::Null)
    );
    assert_eq!(listed["data"][0]["period"], "from-2026-03-01");
}

#[tokio::test]
async fn a_repeated_call_gets_the_same_export() {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    let call = |format: &str| {
        api.post(EXPORT, &json!({ "format": format }))
            .bearer_auth(&viewer.token)
            .header("idempotency-key", "k")
    };
    let first = read(call("csv")).await.1;
    assert_eq!(read(call("csv")).await.1, first);
    refused(call("pdf"), 422, "IDEMPOTENCY_KEY_REUSED").await;
    assert_eq!(export_job::Entity::find().all(&api.database.connection).await.unwrap().len(), 1);
}

#[tokio::test]
async fn every_wrong_filter_is_named() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let post = |path: &str, body: Value| api.post(path, &body).bearer_auth(&admin.token);
    let body = json!({ "format": "csv", "filters": { "dateFrom": "2026-03-02", "dateTo": "2026-03-01", "actor": "x" } });
    assert_eq!(
        fields(&refused(post(EXPORT, body), 422, "VALIDATION_ERROR").await),
        ["filters.actor", "filters.dateFrom"]
    );
    let body = json!({ "format": "doc", "filters": { "status": "gone", "dateFrom": "soon" } });
    assert_eq!(
        fields(&refused(post(EXPORT, body), 422, "VALIDATION_ERROR").await),
        ["format", "filters.dateFrom", "filters.status"]
    );
    let body = json!({ "type": "history", "format": "pdf", "filters": { "month": 13 } });
    assert_eq!(
        fields(&refused(post(GENERATE, body), 422, "VALIDATION_ERROR").await),
        ["filters.month", "filters.month", "filters.employeeId"]
    );
    let body = json!({ "format": "csv", "filters": { "datefrom": "2026-03-01" } });
    let answer = refused(post(EXPORT, body), 422, "VALIDATION_ERROR").await;
    assert_eq!(answer["error"]["details"], json!([{ "field": "filters.datefrom", "issue": "is not known" }]));
}

#[tokio::test]
async fn nobodys_history_is_not_found_and_that_of_whoever_once_came_is_made() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let former = "INSERT INTO attendance_logs (id, employee_id, name, date, check_in_at, status, source)
                  VALUES ('ATT-20251103-001', 'EMP-009', 'Former', '2025-11-03', '2025-11-03 09:00+00', 'present', 'camera')";
    api.database.connection.execute_unprepared(former).await.unwrap();
    let report = |id: &str| json!({ "type": "history", "format": "pdf", "filters": { "employeeId": id } });
    let of = |id| api.post(GENERATE, &report(id)).bearer_auth(&admin.token);
    refused(of("EMP-404"), 404, "NOT_FOUND").await;
    ask(&api, &admin, GENERATE, &report("EMP-009")).await;
    let mut scheduled = report("EMP-404");
    scheduled["cron"] = json!("0 7 * * 1");
    refused(api.post(SCHEDULES, &scheduled).bearer_auth(&admin.token), 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn a_report_takes_the_permission_of_what_it_tells() {
    let api = Api::start().await;
    let (operator, admin) = (api.user(OPERATOR).await, api.user(ADMIN).await);
    let report = |kind: &str| json!({ "type": kind, "format": "pdf" });
    let call = api.post(GENERATE, &report("audit")).bearer_auth(&operator.token);
    let body = refused(call, 403, "FORBIDDEN").await;
    assert_eq!(body["error"]["details"]["permission"], "audit:read");
    for (user, kind) in [(&operator, "monthly"), (&admin, "audit")] {
        let answer = ask(&api, user, GENERATE, &report(kind)).await;
        assert_eq!(answer["reportId"], answer["jobId"]);
        let export = row(&api, id_of(&answer, "reportId")).await.unwrap();
        assert_eq!(export.user_id, user.id);
    }
}

#[tokio::test]
async fn a_file_is_its_owners_and_the_administrators() {
    let api = Api::start().await;
    let (owner, other, admin) = (api.user(VIEWER).await, api.user(OPERATOR).await, api.user(ADMIN).await);
    let file = ready(&api, &owner).await;
    let path = format!("{EXPORTS}/{}", file.id);
    for (user, status) in [(&owner, 200), (&other, 404), (&admin, 200)] {
        assert_eq!(read(api.get(&path).bearer_auth(&user.token)).await.0.as_u16(), status);
    }
    let total =
        async |user: &User| read(api.get(EXPORTS).bearer_auth(&user.token)).await.1["meta"]["total"].clone();
    assert_eq!(
        (total(&owner).await, total(&other).await, total(&admin).await),
        (json!(1), json!(0), json!(1))
    );
    refused(api.request(Method::DELETE, &path).bearer_auth(&other.token), 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn a_download_leads_to_the_file_and_a_removed_one_is_gone_from_storage() {
    let api = Api::start().await;
    let owner = api.user(VIEWER).await;
    let file = ready(&api, &owner).await;
    let path = format!("{EXPORTS}/{}", file.id);
    let (_, shown) = read(api.get(&path).bearer_auth(&owner.token)).await;
    let plain = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let answer =
        plain.get(api.url(&format!("{path}/download"))).bearer_auth(&owner.token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    let address = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(shown["data"]["downloadUrl"], address.as_str());
    assert!(address.contains("X-Amz-Expires=604800"), "{address}");
    let file_of_storage = plain.get(&address).send().await.unwrap();
    assert_eq!(
        file_of_storage.headers()["content-disposition"],
        "attachment; filename=\"attendance-2026-11-01-to-2026-11-30.csv\""
    );
    assert_eq!(file_of_storage.text().await.unwrap(), "a,b\r\n");
    let removed = api.request(Method::DELETE, &path).bearer_auth(&owner.token).send().await.unwrap();
    assert_eq!(removed.status(), StatusCode::NO_CONTENT);
    assert!(row(&api, file.id).await.is_none());
    assert_eq!(plain.get(&address).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_that_is_not_ready_is_not_downloaded_and_removing_it_calls_its_job_off() {
    let api = Api::start().await;
    let (viewer, admin) = (api.user(VIEWER).await, api.user(ADMIN).await);
    let answer = ask(&api, &viewer, EXPORT, &json!({ "format": "xlsx" })).await;
    let path = format!("{EXPORTS}/{}", answer["exportId"].as_str().unwrap());
    refused(api.get(&format!("{path}/download")).bearer_auth(&viewer.token), 409, "INVALID_STATE").await;
    let removed = api.request(Method::DELETE, &path).bearer_auth(&viewer.token).send().await.unwrap();
    assert_eq!(removed.status(), StatusCode::NO_CONTENT);
    let job = format!("/api/v1/jobs/{}", answer["jobId"].as_str().unwrap());
    assert_eq!(read(api.get(&job).bearer_auth(&admin.token)).await.1["data"]["status"], "cancelled");
}

#[tokio::test]
async fn a_cancelled_job_fails_its_export_and_a_retried_one_reopens_it() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let answer = ask(&api, &admin, EXPORT, &json!({ "format": "csv" })).await;
    let id = id_of(&answer, "exportId");
    let job = |verb: &str| {
        api.request(Method::POST, &format!("/api/v1/jobs/{id}/{verb}")).bearer_auth(&admin.token)
    };
    assert_eq!(read(job("cancel")).await.0, StatusCode::ACCEPTED);
    let cancelled = row(&api, id).await.unwrap();
    assert_eq!((cancelled.status, cancelled.error_message.as_deref()), (Status::Failed, Some("cancelled")));
    assert_eq!(read(job("retry")).await.0, StatusCode::ACCEPTED);
    let reopened = row(&api, id).await.unwrap();
    assert_eq!((reopened.status, reopened.error_message), (Status::Queued, None));
}

#[tokio::test]
async fn a_schedule_is_checked_made_listed_to_its_owner_and_removed() {
    let api = Api::start().await;
    let (operator, other) = (api.user(OPERATOR).await, api.user(OPERATOR).await);
    let post = |body: Value| api.post(SCHEDULES, &body).bearer_auth(&operator.token);
    let wrong = json!({
        "type": "daily", "format": "pdf", "cron": "every day", "filters": { "date": "2026-03-01" },
        "recipients": ["boss@example.org", "x\r\nBcc: y@z"],
    });
    assert_eq!(
        fields(&refused(post(wrong), 422, "VALIDATION_ERROR").await),
        ["cron", "filters.date", "recipients[1]"]
    );
    let zone = json!({ "type": "daily", "format": "pdf", "cron": "0 7 * * *", "timezone": "Mars/Olympus" });
    assert_eq!(fields(&refused(post(zone), 422, "VALIDATION_ERROR").await), ["timezone"]);
    for hasty in ["* * * * * *", "0,30 0 7 * * *"] {
        let hasty = json!({ "type": "daily", "format": "pdf", "cron": hasty });
        assert_eq!(fields(&refused(post(hasty), 422, "VALIDATION_ERROR").await), ["cron"]);
    }
    let audit = json!({ "type": "audit", "format": "csv", "cron": "0 7 * * *" });
    refused(post(audit), 403, "FORBIDDEN").await;
    let good = json!({
        "type": "department", "format": "xlsx", "cron": "0 7 * * 1", "timezone": "Europe/Berlin",
        "filters": { "period": "week" }, "recipients": ["boss@example.org"], "title": "Weekly",
    });
    let (status, made) = read(post(good)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert!(made["data"]["nextRun"].is_string() && made["data"]["enabled"] == true, "{made}");
    let listed =
        async |user: &User| read(api.get(SCHEDULES).bearer_auth(&user.token)).await.1["data"].clone();
    assert_eq!((listed(&operator).await, listed(&other).await), (json!([made["data"]]), json!([])));
    let path = format!("{SCHEDULES}/{}", made["data"]["id"].as_str().unwrap());
    refused(api.request(Method::DELETE, &path).bearer_auth(&other.token), 404, "NOT_FOUND").await;
    let removed = api.request(Method::DELETE, &path).bearer_auth(&operator.token).send().await.unwrap();
    assert_eq!((removed.status(), listed(&operator).await), (StatusCode::NO_CONTENT, json!([])));
}
