//! Jobs that a real worker runs, as operators see them.

use std::time::Duration;

use apalis::prelude::{BoxDynError, WorkerBuilder};
use entity::job_outbox;
use futures_util::FutureExt as _;
use queue::{
    Backoff, Delivery, JobOptions, NewJob, Outcome, QueueShare, Queues, QueuesConfig, RedisBackend,
    WorkerOptions,
};
use reqwest::{Method, StatusCode};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::{ADMIN, Api, User, read};

/// The names of the kinds say what their jobs do.
const KINDS: [&str; 3] = ["succeed", "fail", "wait"];

async fn handle(delivery: Delivery) -> Result<Outcome, BoxDynError> {
    delivery.handle.progress(40, "half-way").await?;
    Ok(match &*delivery.kind {
        "succeed" => Outcome::Done(json!({ "detections": 2 })),
        "fail" => Outcome::Retry("the camera is away".to_owned()),
        _ => {
            delivery.handle.cancelled().await;
            Outcome::Retry("cancelled".to_owned())
        }
    })
}

struct Worker(JoinHandle<()>);

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn queues(api: &Api) -> Queues {
    let config = QueuesConfig { prefix: api.settings.redis_prefix.clone(), ..QueuesConfig::default() };
    Queues::lazy(api.settings.redis_url.expose(), config).unwrap()
}

fn worker(api: &Api) -> Worker {
    let kinds = KINDS.map(|kind| (kind.to_owned(), 1)).to_vec();
    let mut options = WorkerOptions::new("tester-1", vec![QueueShare::new("default")], kinds);
    options.host = "tester".to_owned();
    options.version = "1.2.3".to_owned();
    options.cancel_grace = Duration::from_millis(100);
    options.heartbeat_every = Duration::from_millis(200);
    let backend = RedisBackend::new(queues(api), options).unwrap();
    let run = WorkerBuilder::new("tester-1").backend(backend).build(handle).run().boxed();
    Worker(tokio::spawn(async move { run.await.unwrap() }))
}

async fn enqueue(api: &Api, kind: &'static str) -> Uuid {
    let backoff = Backoff { base: Duration::from_millis(5), cap: Duration::from_millis(10) };
    let options = JobOptions { max_attempts: 2, backoff, durable: true, ..JobOptions::on("default") };
    let job = NewJob::new(kind, 1, &json!({}), options).unwrap();
    let row = job_outbox::ActiveModel {
        id: Set(job.id),
        queue: Set("default".to_owned()),
        kind: Set(kind.to_owned()),
        payload: Set(json!({})),
        request_id: Set(Uuid::now_v7()),
        ..Default::default()
    };
    row.insert(&api.database.connection).await.unwrap();
    queues(api).enqueue(&[job]).await.unwrap()[0].id
}

async fn job(api: &Api, user: &User, id: Uuid) -> Value {
    let (status, body) = read(api.get(&format!("/api/v1/jobs/{id}")).bearer_auth(&user.token)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["data"].clone()
}

async fn until(api: &Api, user: &User, id: Uuid, status: &str) -> Value {
    let look = async || Some(job(api, user, id).await).filter(|job| job["status"] == status);
    testkit::eventually(Duration::from_secs(10), &format!("the job is {status}"), look).await
}

#[tokio::test]
async fn a_done_job_shows_its_progress_its_attempt_and_its_result() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let _worker = worker(&api);
    let done = until(&api, &admin, enqueue(&api, "succeed").await, "done").await;
    assert_eq!(done["result"], json!({ "detections": 2 }));
    assert_eq!((&done["progress"], &done["progressText"]), (&json!(100), &Value::Null));
    let [attempt] = done["attempts"].as_array().unwrap().as_slice() else { panic!("{done}") };
    assert_eq!(
        (&attempt["attempt"], &attempt["worker"], &attempt["error"]),
        (&json!(1), &json!("tester-1"), &Value::Null)
    );
    for time in ["startedAt", "endedAt"] {
        assert!(attempt[time].as_str().unwrap().ends_with('Z'), "{attempt}");
    }
}

#[tokio::test]
async fn a_dead_job_shows_why_each_attempt_failed_and_can_be_tried_again() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let _worker = worker(&api);
    let id = enqueue(&api, "fail").await;
    let dead = until(&api, &admin, id, "dead").await;
    let attempts = dead["attempts"].as_array().unwrap();
    assert_eq!(
        attempts.iter().map(|attempt| attempt["attempt"].as_u64().unwrap()).collect::<Vec<_>>(),
        [1, 2]
    );
    assert!(attempts.iter().all(|attempt| attempt["error"] == "the camera is away"), "{dead}");
    let again = api.request(Method::POST, &format!("/api/v1/jobs/{id}/retry")).bearer_auth(&admin.token);
    assert_eq!(read(again).await.0, StatusCode::ACCEPTED);
    let look = async || {
        let job = job(&api, &admin, id).await;
        (job["status"] == "dead" && job["attempts"].as_array().unwrap().len() == 4).then_some(())
    };
    testkit::eventually(Duration::from_secs(10), "it spends all its attempts again", look).await;
}

#[tokio::test]
async fn a_running_job_is_cancelled_within_two_seconds() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let _worker = worker(&api);
    let id = enqueue(&api, "wait").await;
    until(&api, &admin, id, "running").await;
    let cancel = api.request(Method::POST, &format!("/api/v1/jobs/{id}/cancel")).bearer_auth(&admin.token);
    let (status, body) = read(cancel).await;
    assert_eq!((status, &body["data"]["status"]), (StatusCode::ACCEPTED, &json!("cancelling")), "{body}");
    until(&api, &admin, id, "cancelled").await;
}

#[tokio::test]
async fn a_live_worker_shows_what_it_runs() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let _worker = worker(&api);
    let id = enqueue(&api, "wait").await;
    let look = async || {
        let (_, body) = read(api.get("/api/v1/workers").bearer_auth(&admin.token)).await;
        Some(body["data"][0].clone()).filter(|worker| worker["runningCount"] == 1)
    };
    let mut worker = testkit::eventually(Duration::from_secs(10), "the worker reports its job", look).await;
    for time in ["startedAt", "lastHeartbeat"] {
        let text = worker.as_object_mut().unwrap().remove(time).unwrap();
        assert!(text.as_str().unwrap().ends_with('Z'), "{text}");
    }
    let pid = worker.as_object_mut().unwrap().remove("pid").unwrap();
    assert_eq!(pid, std::process::id());
    let expected = json!({
        "name": "tester-1", "host": "tester", "version": "1.2.3", "queues": ["default"], "running": [id],
        "runningCount": 1,
    });
    assert_eq!(worker, expected);
}
