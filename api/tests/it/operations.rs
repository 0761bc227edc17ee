//! What operators see and do: jobs, queues, workers, schedules.

use chrono::{TimeDelta, Timelike as _, Utc};
use entity::{
    audit_log,
    job_outbox::{self, Outcome},
    schedule::{self, NewSchedule},
};
use jobs::{Origin, SendFrame};
use queue::{JobContext, JobOptions, JobState, NewJob, Queues, QueuesConfig};
use reqwest::{Method, RequestBuilder, StatusCode};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    cameras::{add, camera},
    support::{ADMIN, Api, OPERATOR, User, VIEWER, read, refused},
};

fn queues(api: &Api) -> Queues {
    let config = QueuesConfig { prefix: api.settings.redis_prefix.clone(), ..QueuesConfig::default() };
    Queues::lazy(api.settings.redis_url.expose(), config).unwrap()
}

async fn enqueue(api: &Api, kind: &'static str, queue: &'static str, actor: Option<Uuid>) -> Uuid {
    let mut job = NewJob::new(kind, 1, &json!({}), JobOptions::on(queue)).unwrap();
    job.context = JobContext { actor, ..JobContext::default() };
    queues(api).enqueue(&[job]).await.unwrap()[0].id
}

/// A row of the outbox that the queue has never heard of.
async fn accepted(api: &Api, actor: Uuid, options: Value, outcome: Option<Outcome>) -> Uuid {
    let row = job_outbox::ActiveModel {
        id: Set(Uuid::now_v7()),
        queue: Set("capture".to_owned()),
        kind: Set("send_frame".to_owned()),
        payload: Set(json!({ "cameraId": "CAM-01" })),
        options: Set(json!({ "version": 1, "options": options })),
        actor: Set(Some(actor.to_string())),
        request_id: Set(Uuid::now_v7()),
        outcome: Set(outcome),
        finished_at: Set(outcome.map(|_| Utc::now())),
        ..Default::default()
    };
    row.insert(&api.database.connection).await.unwrap().id
}

async fn outcome(api: &Api, id: Uuid) -> Option<Outcome> {
    job_outbox::Entity::find_by_id(id).one(&api.database.connection).await.unwrap().unwrap().outcome
}

fn get(api: &Api, user: &User, path: &str) -> RequestBuilder {
    api.get(&format!("/api/v1{path}")).bearer_auth(&user.token)
}

fn post(api: &Api, user: &User, path: &str) -> RequestBuilder {
    api.request(Method::POST, &format!("/api/v1{path}")).bearer_auth(&user.token)
}

async fn data(request: RequestBuilder, status: StatusCode) -> Value {
    let (given, body) = read(request).await;
    assert_eq!(given, status, "{body}");
    body["data"].clone()
}

#[tokio::test]
async fn a_job_is_shown_as_the_queue_knows_it() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", "rtsp://cam/")).await;
    let send =
        api.post("/api/v1/detections/send-frame", &json!({ "cameraId": "CAM-01" })).bearer_auth(&admin.token);
    let request = Uuid::now_v7();
    let sent = data(send.header("x-request-id", request.to_string()), StatusCode::ACCEPTED).await;
    let id = sent["jobId"].as_str().unwrap();
    let mut job = data(get(&api, &admin, &format!("/jobs/{id}")), StatusCode::OK).await;
    let created = job.as_object_mut().unwrap().remove("createdAt").unwrap();
    assert!(created.as_str().unwrap().ends_with('Z'));
    let expected = json!({
        "id": id, "type": "send_frame", "queue": "capture", "status": "ready", "progress": 0, "progressText": null, "attempts": [],
        "result": null, "requestId": request,
    });
    assert_eq!(job, expected);
}

#[tokio::test]
async fn ones_own_job_is_open_to_everybody_and_others_to_operators() {
    let api = Api::start().await;
    let (viewer, other, operator) =
        (api.user(VIEWER).await, api.user(VIEWER).await, api.user(OPERATOR).await);
    let queued = enqueue(&api, "a", "default", Some(viewer.id)).await;
    let kept = accepted(&api, viewer.id, json!({}), None).await;
    for id in [queued, kept] {
        let path = format!("/jobs/{id}");
        data(get(&api, &viewer, &path), StatusCode::OK).await;
        data(get(&api, &operator, &path), StatusCode::OK).await;
        let body = refused(get(&api, &other, &path), 403, "FORBIDDEN").await;
        assert_eq!(body["error"]["details"]["permission"], "jobs:read");
    }
    refused(get(&api, &viewer, "/jobs"), 403, "FORBIDDEN").await;
    refused(get(&api, &operator, &format!("/jobs/{}", Uuid::now_v7())), 404, "NOT_FOUND").await;
    refused(get(&api, &operator, "/jobs/no-uuid"), 422, "VALIDATION_ERROR").await;
}

#[tokio::test]
async fn a_job_that_only_the_outbox_knows_is_found() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let later = json!({ "runAt": Utc::now() + TimeDelta::hours(1) });
    for (options, outcome, status) in [
        (json!({}), None, "ready"),
        (later, None, "scheduled"),
        (json!({}), Some(Outcome::Done), "done"),
        (json!({}), Some(Outcome::Dead), "dead"),
        (json!({}), Some(Outcome::Cancelled), "cancelled"),
    ] {
        let id = accepted(&api, admin.id, options, outcome).await;
        let job = data(get(&api, &admin, &format!("/jobs/{id}")), StatusCode::OK).await;
        assert_eq!((&job["status"], &job["type"]), (&json!(status), &json!("send_frame")));
    }
}

#[tokio::test]
async fn jobs_are_listed_by_queue_kind_and_state_in_pages() {
    let api = Api::start().await;
    let operator = api.user(OPERATOR).await;
    let a = enqueue(&api, "a", "default", None).await;
    enqueue(&api, "b", "default", None).await;
    enqueue(&api, "a", "system", None).await;
    queues(&api).cancel(a).await.unwrap();
    for (query, total) in [
        ("", 3),
        ("?queue=default", 2),
        ("?type=a", 2),
        ("?status=ready", 2),
        ("?status=cancelled", 1),
        ("?queue=default&type=a&status=cancelled", 1),
        ("?queue=nothing", 0),
        ("?status=dead", 0),
    ] {
        let (status, body) = read(get(&api, &operator, &format!("/jobs{query}"))).await;
        assert_eq!((status, &body["meta"]["total"]), (StatusCode::OK, &json!(total)), "{query}: {body}");
        assert_eq!(body["data"].as_array().unwrap().len(), total, "{query}");
    }
    let (_, page) = read(get(&api, &operator, "/jobs?page=2&pageSize=2")).await;
    assert_eq!((page["data"].as_array().unwrap().len(), &page["meta"]["totalPages"]), (1, &json!(2)));
    let body = refused(get(&api, &operator, "/jobs?status=queued"), 422, "VALIDATION_ERROR").await;
    assert_eq!(body["error"]["details"][0]["field"], "status");
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_and_can_be_started_again() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let job = SendFrame { camera_id: "CAM-01".to_owned() };
    let pending = jobs::enqueue_in(&api.database.connection, &job, Origin::system()).await.unwrap();
    let id = pending.id;
    pending.push(&queues(&api)).await;
    let cancelled = data(post(&api, &admin, &format!("/jobs/{id}/cancel")), StatusCode::ACCEPTED).await;
    assert_eq!(cancelled, json!({ "jobId": id, "status": "cancelled" }));
    assert_eq!(queues(&api).job(id).await.unwrap().unwrap().state, JobState::Cancelled);
    refused(post(&api, &admin, &format!("/jobs/{id}/cancel")), 409, "INVALID_STATE").await;
    let again = data(post(&api, &admin, &format!("/jobs/{id}/retry")), StatusCode::ACCEPTED).await;
    assert_eq!(again, json!({ "jobId": id, "status": "queued" }));
    assert_eq!(queues(&api).job(id).await.unwrap().unwrap().state, JobState::Ready);
    refused(post(&api, &admin, &format!("/jobs/{id}/retry")), 409, "INVALID_STATE").await;
    for verb in ["retry", "cancel"] {
        refused(post(&api, &admin, &format!("{}/{}/{verb}", "/jobs", Uuid::now_v7())), 404, "NOT_FOUND")
            .await;
    }
    let rows = audit_log::Entity::find().filter(audit_log::Column::ResourceId.eq(id.to_string()));
    let rows = rows.all(&api.database.connection).await.unwrap();
    let mut actions: Vec<_> = rows.iter().map(|row| row.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["job.cancel", "job.retry"]);
}

#[tokio::test]
async fn a_job_that_only_the_outbox_knows_is_cancelled_and_started_again_there() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let waiting = accepted(&api, admin.id, json!({}), None).await;
    data(post(&api, &admin, &format!("/jobs/{waiting}/cancel")), StatusCode::ACCEPTED).await;
    assert_eq!(outcome(&api, waiting).await, Some(Outcome::Cancelled));
    refused(post(&api, &admin, &format!("/jobs/{waiting}/cancel")), 409, "INVALID_STATE").await;
    data(post(&api, &admin, &format!("/jobs/{waiting}/retry")), StatusCode::ACCEPTED).await;
    assert_eq!(outcome(&api, waiting).await, None);
    let done = accepted(&api, admin.id, json!({}), Some(Outcome::Done)).await;
    refused(post(&api, &admin, &format!("/jobs/{done}/retry")), 409, "INVALID_STATE").await;
    assert_eq!(outcome(&api, done).await, Some(Outcome::Done));
}

#[tokio::test]
async fn queues_show_their_depth_and_can_be_stopped() {
    let api = Api::start().await;
    let (admin, viewer) = (api.user(ADMIN).await, api.user(VIEWER).await);
    enqueue(&api, "a", "default", None).await;
    let queue = async |name: &str| {
        let all = data(get(&api, &admin, "/queues"), StatusCode::OK).await;
        all.as_array().unwrap().iter().find(|queue| queue["name"] == name).unwrap().clone()
    };
    let seen = queue("default").await;
    assert_eq!(
        (&seen["depth"]["ready"], &seen["depth"]["dead"], &seen["paused"]),
        (&json!(1), &json!(0), &json!(false))
    );
    assert!(seen["oldestWaitSeconds"].as_f64().unwrap() < 60.0 && seen["rate"].is_number(), "{seen}");
    assert_eq!(seen["unclaimed"], json!([{ "type": "a", "version": 1, "count": 1 }]));
    assert_eq!(queue("exports").await["oldestWaitSeconds"], Value::Null);
    let paused = data(post(&api, &admin, "/queues/default/pause"), StatusCode::OK).await;
    assert_eq!(paused, json!({ "name": "default", "paused": true }));
    assert_eq!(queue("default").await["paused"], true);
    data(post(&api, &admin, "/queues/default/resume"), StatusCode::OK).await;
    assert_eq!(queue("default").await["paused"], false);
    refused(post(&api, &admin, "/queues/nothing/pause"), 404, "NOT_FOUND").await;
    refused(post(&api, &viewer, "/queues/default/pause"), 403, "FORBIDDEN").await;
}

#[tokio::test]
async fn without_workers_the_list_of_workers_is_empty() {
    let api = Api::start().await;
    let operator = api.user(OPERATOR).await;
    assert_eq!(data(get(&api, &operator, "/workers"), StatusCode::OK).await, json!([]));
}

async fn with_schedules() -> (Api, User) {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let rows = [
        NewSchedule { name: "check_camera_health", cron: "*/2 * * * *", timezone: "UTC" },
        NewSchedule { name: "of_another_release", cron: "0 2 * * *", timezone: "Europe/Berlin" },
    ];
    schedule::add_missing(&api.database.connection, &rows).await.unwrap();
    (api, admin)
}

fn patch(api: &Api, user: &User, name: &str, body: &Value) -> RequestBuilder {
    api.request(Method::PATCH, &format!("/api/v1/schedules/{name}")).json(body).bearer_auth(&user.token)
}

#[tokio::test]
async fn schedules_show_when_they_run() {
    let (api, admin) = with_schedules().await;
    let all = data(get(&api, &admin, "/schedules"), StatusCode::OK).await;
    let health = &all[0];
    assert_eq!(
        (&health["name"], &health["cron"], &health["enabled"]),
        (&json!("check_camera_health"), &json!("*/2 * * * *"), &json!(true))
    );
    assert_eq!(
        (&health["timezone"], &health["lastRun"], &health["lastOutcome"]),
        (&json!("UTC"), &Value::Null, &Value::Null)
    );
    let next: chrono::DateTime<Utc> = health["nextRun"].as_str().unwrap().parse().unwrap();
    assert!(next > Utc::now() - TimeDelta::seconds(1) && next < Utc::now() + TimeDelta::minutes(2));
    let off_and_on = [json!({ "enabled": false }), json!({ "enabled": true, "cron": "*/3 * * * *" })];
    for change in off_and_on {
        let changed = data(patch(&api, &admin, "check_camera_health", &change), StatusCode::OK).await;
        assert_eq!(changed["lastRun"], Value::Null, "a change is no run: {changed}");
    }
    let before = Utc::now();
    data(post(&api, &admin, "/schedules/check_camera_health/run"), StatusCode::ACCEPTED).await;
    let all = data(get(&api, &admin, "/schedules"), StatusCode::OK).await;
    let ran: chrono::DateTime<Utc> = all[0]["lastRun"].as_str().unwrap().parse().unwrap();
    assert!(ran >= before - TimeDelta::seconds(1) && ran <= Utc::now() + TimeDelta::seconds(1), "{all}");
    data(post(&api, &admin, "/schedules/check_camera_health/run"), StatusCode::ACCEPTED).await;
    let again = data(get(&api, &admin, "/schedules"), StatusCode::OK).await;
    assert_eq!(again[0]["lastRun"], all[0]["lastRun"], "the waiting job stood in: nothing was run");
    assert_eq!(again[0]["lastOutcome"], Value::Null);
}

#[tokio::test]
async fn a_schedule_shows_what_became_of_its_last_job() {
    let (api, admin) = with_schedules().await;
    let db = &api.database.connection;
    let run = data(post(&api, &admin, "/schedules/check_camera_health/run"), StatusCode::ACCEPTED).await;
    let id: Uuid = run["jobId"].as_str().unwrap().parse().unwrap();
    job_outbox::mark_finished(db, vec![id], Outcome::Dead, Utc::now()).await.unwrap();
    // What the scheduler does after each sweep.
    schedule::record_outcomes(db).await.unwrap();
    let all = data(get(&api, &admin, "/schedules"), StatusCode::OK).await;
    assert_eq!(all[0]["lastOutcome"], "dead", "{all}");
}

#[tokio::test]
async fn a_schedule_is_moved_to_another_time_zone() {
    let (api, admin) = with_schedules().await;
    let change = json!({ "cron": "30 9 * * *", "timezone": "Asia/Kathmandu" });
    let moved = data(patch(&api, &admin, "check_camera_health", &change), StatusCode::OK).await;
    assert_eq!(moved["timezone"], "Asia/Kathmandu");
    assert!(moved["nextRun"].as_str().unwrap().contains("T03:45:00"), "{moved}");
    for zone in ["Mars/Olympus", "+05:45", ""] {
        let wrong = patch(&api, &admin, "check_camera_health", &json!({ "timezone": zone }));
        let body = refused(wrong, 422, "VALIDATION_ERROR").await;
        assert_eq!(body["error"]["details"][0]["field"], "timezone", "{zone}");
    }
}

#[tokio::test]
async fn a_schedule_is_changed_within_the_rules_of_cron() {
    let (api, admin) = with_schedules().await;
    let name = "check_camera_health";
    let off = data(patch(&api, &admin, name, &json!({ "enabled": false })), StatusCode::OK).await;
    assert_eq!((&off["enabled"], &off["nextRun"]), (&json!(false), &Value::Null));
    let changed = data(
        patch(&api, &admin, name, &json!({ "enabled": true, "cron": "30 */5 * * * *" })),
        StatusCode::OK,
    )
    .await;
    assert_eq!((&changed["cron"], &changed["enabled"]), (&json!("30 */5 * * * *"), &json!(true)));
    let next: chrono::DateTime<Utc> = changed["nextRun"].as_str().unwrap().parse().unwrap();
    assert_eq!((next.minute() % 5, next.second()), (0, 30), "{changed}");
    for cron in ["every minute", "61 * * * *", "0 0 30 2 *", "* * *", ""] {
        let body =
            refused(patch(&api, &admin, name, &json!({ "cron": cron })), 422, "VALIDATION_ERROR").await;
        assert_eq!(body["error"]["details"][0]["field"], "cron", "{cron}");
    }
    refused(patch(&api, &admin, name, &json!({})), 422, "VALIDATION_ERROR").await;
    refused(patch(&api, &admin, "nothing", &json!({ "enabled": true })), 404, "NOT_FOUND").await;
    let rows = audit_log::Entity::find().filter(audit_log::Column::Action.eq("schedule.update"));
    let rows = rows.all(&api.database.connection).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows.iter().filter(|row| row.new_value.as_ref().unwrap()["cron"] == "30 */5 * * * *").count(),
        1
    );
}

#[tokio::test]
async fn a_schedule_is_run_out_of_turn_once_at_a_time() {
    let (api, admin) = with_schedules().await;
    let run = || post(&api, &admin, "/schedules/check_camera_health/run");
    let first = data(run(), StatusCode::ACCEPTED).await;
    assert_eq!(first["status"], "queued");
    assert_eq!(data(run(), StatusCode::ACCEPTED).await, first, "the waiting job stands in for the second");
    let id: Uuid = first["jobId"].as_str().unwrap().parse().unwrap();
    assert_eq!(queues(&api).job(id).await.unwrap().unwrap().kind, "check_camera_health");
    refused(post(&api, &admin, "/schedules/of_another_release/run"), 409, "INVALID_STATE").await;
    refused(post(&api, &admin, "/schedules/nothing/run"), 404, "NOT_FOUND").await;
}
