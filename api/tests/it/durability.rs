//! What people do to jobs outlasts Redis: a job that was called off stays so, one that was started again is not lost, and a unique
//! key has one holder.

use std::time::{Duration, Instant};

use apalis::prelude::{BoxDynError, WorkerBuilder};
use entity::{
    job_effect,
    job_outbox::{self, Outcome},
    schedule::{self, NewSchedule},
};
use jobs::{CheckCameraHealth, Origin, SendFrame, Sweep, Work};
use queue::{
    Delivery, JobOptions, JobState, NewJob, QueueShare, Queues, QueuesConfig, RedisBackend, WorkerOptions,
};
use reqwest::{Method, StatusCode};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, EntityTrait as _, TransactionTrait as _,
};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{ADMIN, Api, User, read, refused};

const SCHEDULE: &str = "/api/v1/schedules/check_camera_health/run";

/// An API with one administrator, and hands on its queue and outbox.
struct Setting {
    api: Api,
    admin: User,
    queues: Queues,
}

impl Setting {
    async fn new() -> Self {
        let api = Api::start().await;
        let admin = api.user(ADMIN).await;
        let row = NewSchedule { name: "check_camera_health", cron: "0 0 1 1 *", timezone: "UTC" };
        schedule::add_missing(&api.database.connection, &[row]).await.unwrap();
        let config = QueuesConfig { prefix: api.settings.redis_prefix.clone(), ..QueuesConfig::default() };
        let queues = Queues::lazy(api.settings.redis_url.expose(), config).unwrap();
        Self { api, admin, queues }
    }

    fn db(&self) -> &sea_orm::DatabaseConnection {
        &self.api.database.connection
    }

    /// A job that was accepted and stands in the queue.
    async fn frame(&self) -> Uuid {
        let job = SendFrame { camera_id: "CAM-01".to_owned() };
        let pending = jobs::enqueue_in(self.db(), &job, Origin::system()).await.unwrap();
        let id = pending.id;
        pending.push(&self.queues).await;
        id
    }

    async fn call(&self, path: &str) -> (StatusCode, Value) {
        read(self.api.request(Method::POST, path).bearer_auth(&self.admin.token)).await
    }

    async fn run_now(&self) -> Uuid {
        let (status, body) = self.call(SCHEDULE).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
        body["data"]["jobId"].as_str().unwrap().parse().unwrap()
    }

    async fn cancel(&self, id: Uuid) -> String {
        let (status, body) = self.call(&format!("/api/v1/jobs/{id}/cancel")).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
        body["data"]["status"].as_str().unwrap().to_owned()
    }

    async fn retry(&self, id: Uuid) -> (StatusCode, Value) {
        self.call(&format!("/api/v1/jobs/{id}/retry")).await
    }

    /// What the scheduler does once all that was done so far is some seconds old.
    async fn sweep_later(&self) -> Sweep {
        let age = "UPDATE job_outbox SET created_at = created_at - interval '1 minute',
                   cancel_requested_at = cancel_requested_at - interval '1 minute'";
        self.db().execute_unprepared(age).await.unwrap();
        jobs::sweep(self.db(), &self.queues).await.unwrap()
    }

    async fn row(&self, id: Uuid) -> Option<job_outbox::Model> {
        job_outbox::Entity::find_by_id(id).one(self.db()).await.unwrap()
    }

    async fn outcome(&self, id: Uuid) -> Option<Outcome> {
        self.row(id).await.unwrap().outcome
    }

    async fn state(&self, id: Uuid) -> Option<JobState> {
        self.queues.job(id).await.unwrap().map(|job| job.state)
    }
}

#[tokio::test]
async fn a_job_that_was_cancelled_while_it_waited_stays_so_when_redis_forgets_everything() {
    let setting = Setting::new().await;
    let id = setting.frame().await;
    assert_eq!(setting.cancel(id).await, "cancelled");
    setting.api.redis.forget();
    assert_eq!(setting.sweep_later().await, Sweep { pushed: 0, finished: 1 });
    assert_eq!((setting.outcome(id).await, setting.state(id).await), (Some(Outcome::Cancelled), None));
}

/// Runs until it is told to stop.
async fn wait(delivery: Delivery) -> Result<queue::Outcome, BoxDynError> {
    delivery.handle.cancelled().await;
    Ok(queue::Outcome::Retry("told to stop".to_owned()))
}

#[tokio::test]
async fn a_job_that_was_cancelled_while_it_ran_stays_so_when_redis_forgets_everything() {
    let setting = Setting::new().await;
    let kinds = vec![("send_frame".to_owned(), 1)];
    let options = WorkerOptions::new("waiter-1", vec![QueueShare::new("capture")], kinds);
    let backend = RedisBackend::new(setting.queues.clone(), options).unwrap();
    let worker = tokio::spawn(WorkerBuilder::new("waiter-1").backend(backend).build(wait).run());
    let id = setting.frame().await;
    let running = async || setting.state(id).await.filter(|state| *state == JobState::Running);
    testkit::eventually(Duration::from_secs(10), "the job runs", running).await;
    assert_eq!(setting.cancel(id).await, "cancelling");
    setting.api.redis.forget();
    assert_eq!(setting.sweep_later().await, Sweep { pushed: 0, finished: 1 });
    assert_eq!((setting.outcome(id).await, setting.state(id).await), (Some(Outcome::Cancelled), None));
    worker.abort();
}

#[tokio::test]
async fn a_cancelled_job_that_was_faster_ends_as_done_even_where_redis_forgot_its_end() {
    let setting = Setting::new().await;
    let id = setting.frame().await;
    setting.cancel(id).await;
    let effect = job_effect::ActiveModel {
        job_id: Set(id),
        kind: Set("send_frame".to_owned()),
        run_id: Set("1".to_owned()),
        applied_at: Set(chrono::Utc::now()),
        ..Default::default()
    };
    effect.insert(setting.db()).await.unwrap();
    setting.api.redis.forget();
    setting.sweep_later().await;
    assert_eq!(setting.outcome(id).await, Some(Outcome::Done));
}

#[tokio::test]
async fn a_queue_that_was_not_told_of_a_cancellation_is_told_by_the_sweeper() {
    let setting = Setting::new().await;
    let id = setting.frame().await;
    assert!(job_outbox::request_cancel(setting.db(), id).await.unwrap());
    assert_eq!(setting.sweep_later().await.pushed, 0);
    assert_eq!(setting.state(id).await, Some(JobState::Cancelled));
    setting.sweep_later().await;
    assert_eq!(setting.outcome(id).await, Some(Outcome::Cancelled));
}

#[tokio::test]
async fn a_retry_outlasts_redis_even_where_the_outbox_row_was_gone() {
    let setting = Setting::new().await;
    let id = setting.frame().await;
    setting.cancel(id).await;
    setting.sweep_later().await;
    job_outbox::Entity::delete_by_id(id).exec(setting.db()).await.unwrap();
    assert_eq!(setting.retry(id).await.0, StatusCode::ACCEPTED);
    assert_eq!(setting.state(id).await, Some(JobState::Ready));
    setting.api.redis.forget();
    assert_eq!(setting.sweep_later().await.pushed, 1);
    let job = setting.queues.job(id).await.unwrap().unwrap();
    assert_eq!((job.state, job.payload.get()), (JobState::Ready, r#"{"cameraId":"CAM-01"}"#));
}

#[tokio::test]
async fn a_job_that_may_be_lost_is_not_started_again_as_if_it_were_safe() {
    let setting = Setting::new().await;
    let job = NewJob::new("capture_frame", 1, &serde_json::json!({}), JobOptions::on("capture")).unwrap();
    let id = setting.queues.enqueue(&[job]).await.unwrap()[0].id;
    setting.queues.cancel(id).await.unwrap();
    let path = format!("/api/v1/jobs/{id}/retry");
    let retry = setting.api.request(Method::POST, &path).bearer_auth(&setting.admin.token);
    refused(retry, 409, "INVALID_STATE").await;
    assert_eq!(setting.state(id).await, Some(JobState::Cancelled));
}

#[tokio::test]
async fn a_retry_takes_the_unique_key_again_or_is_refused_while_another_job_has_it() {
    let setting = Setting::new().await;
    let first = setting.run_now().await;
    setting.cancel(first).await;
    setting.sweep_later().await;
    let second = setting.run_now().await;
    assert_ne!(first, second);
    let (status, body) = setting.retry(first).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::CONFLICT, &"INVALID_STATE".into()), "{body}");
    assert!(body["error"]["message"].as_str().unwrap().contains(&second.to_string()), "{body}");
    assert_eq!(setting.state(first).await, Some(JobState::Cancelled));
    setting.cancel(second).await;
    setting.sweep_later().await;
    assert_eq!(setting.retry(first).await.0, StatusCode::ACCEPTED);
    assert_eq!(setting.run_now().await, first, "it holds the key again");
}

#[tokio::test]
async fn a_job_that_has_ended_does_not_stand_in_for_the_next_of_its_unique_key() {
    let setting = Setting::new().await;
    let first = setting.run_now().await;
    assert_eq!(setting.run_now().await, first, "it waits");
    setting.queues.cancel(first).await.unwrap();
    let second = setting.run_now().await;
    assert_ne!(first, second);
    assert_eq!(
        (setting.outcome(first).await, setting.outcome(second).await),
        (Some(Outcome::Cancelled), None)
    );
    assert_eq!(setting.state(second).await, Some(JobState::Ready));
}

#[tokio::test]
async fn while_redis_is_away_the_holder_of_a_unique_key_stands_in_and_nobody_waits_long() {
    let setting = Setting::new().await;
    let first = setting.run_now().await;
    let nowhere = Queues::lazy("redis://127.0.0.1:1", QueuesConfig::default()).unwrap();
    let (work, begun) = (Work::of(&CheckCameraHealth::default()).unwrap(), Instant::now());
    let transaction = setting.db().begin().await.unwrap();
    let joined = jobs::enqueue_or_join(&transaction, &nowhere, work, Origin::system()).await.unwrap();
    assert_eq!((joined.id, joined.duplicate), (first, true));
    assert!(begun.elapsed() < Duration::from_secs(2));
}
