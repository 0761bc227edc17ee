//! A worker with everything around it, private to one test.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use entity::{Secret, TextList, camera, detection_provider_config, face_profile, shift_schedule};
use jobs::{Job, Origin, SendFrame, Work};
use platform::{
    Settings, Shutdown,
    seal::{STREAM_URL, Sealer},
};
use queue::{JobId, JobState, JobView, QueueShare, WorkerOptions};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, DatabaseConnection, EntityTrait as _, TransactionTrait as _,
};
use testkit::{
    eventually,
    provider::{Answer, Provider},
};
use worker::{Context, Registry, Worker};

pub struct Stage {
    pub context: Arc<Context>,
    pub provider: Provider,
    pub settings: Settings,
    _bucket: testkit::Bucket,
    shutdown: Shutdown,
    _database: testkit::Database,
    keyspace: testkit::Keyspace,
}

impl Stage {
    /// One worker, and a recogniser that gives `answer`.
    pub async fn set(answer: Answer) -> Self {
        let stage = Self::without_worker(answer).await;
        stage.start_worker("first");
        stage
    }

    /// One worker, whose object storage is away.
    pub async fn without_storage(answer: Answer) -> Self {
        Self::with_storage_at(&format!("http://127.0.0.1:{}", testkit::free_port()), answer).await
    }

    /// One worker that looks for its object storage there.
    pub async fn with_storage_at(endpoint: &str, answer: Answer) -> Self {
        let stage = Self::build(answer, &[("S3_ENDPOINT", endpoint.to_owned())]).await;
        stage.start_worker("first");
        stage
    }

    /// One worker whose installation sends mails.
    pub async fn with_mail_server(url: &str, answer: Answer) -> Self {
        let stage = Self::build(answer, &[("SMTP_URL", url.to_owned())]).await;
        stage.start_worker("first");
        stage
    }

    pub async fn without_worker(answer: Answer) -> Self {
        Self::build(answer, &[]).await
    }

    async fn build(answer: Answer, instead: &[(&str, String)]) -> Self {
        let (database, keyspace, bucket) =
            (testkit::seeded_database().await, testkit::redis(), testkit::bucket());
        let provider = testkit::provider::provider(answer).await;
        let mut values: Vec<(&str, String)> =
            bucket.settings().iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        values.push(("DATABASE_URL", database.url.clone()));
        values.push(("REDIS_URL", keyspace.url.clone()));
        values.push(("REDIS_PREFIX", keyspace.prefix.clone()));
        values.push(("MEDIA_ROOT", testkit::camera::scenes().display().to_string()));
        let value =
            |name: &str| instead.iter().chain(&values).find(|(k, _)| *k == name).map(|(_, v)| v.clone());
        let settings = Settings::read(value).unwrap();
        let context = Context::new(&settings).await.unwrap();
        let stage = Self {
            context,
            provider,
            settings,
            _bucket: bucket,
            shutdown: Shutdown::new(),
            _database: database,
            keyspace,
        };
        stage.point_to(&stage.provider.url(), 2_000).await;
        // What day a sighting counts for shall not depend on the hour at which the tests run.
        shift_schedule::Entity::delete_many().exec(stage.db()).await.unwrap();
        stage
    }

    pub fn start_worker(&self, name: &str) {
        let mut options = WorkerOptions::new(
            name,
            jobs::queues::ALL.map(QueueShare::new).to_vec(),
            Registry::complete().kinds(),
        );
        options.concurrency = 8;
        let worker = Worker::new(Arc::clone(&self.context), Registry::complete(), options).unwrap();
        tokio::spawn(worker.run(self.shutdown.clone()));
    }

    pub fn db(&self) -> &DatabaseConnection {
        &self.context.db
    }

    /// Where the recogniser is, and how long it may take.
    pub async fn point_to(&self, endpoint: &str, timeout_ms: i32) {
        let row = detection_provider_config::ActiveModel {
            id: Set(1),
            endpoint: Set(endpoint.to_owned()),
            timeout_ms: Set(timeout_ms),
            status: Set(detection_provider_config::Status::Connected),
            ..Default::default()
        };
        row.update(self.db()).await.unwrap();
    }

    /// A camera that shows a picture file.
    pub async fn camera(&self) -> camera::Model {
        let picture = testkit::camera::picture("entrance");
        self.camera_at(camera::StreamType::LocalFile, &picture.display().to_string()).await
    }

    pub async fn camera_at(&self, stream_type: camera::StreamType, url: &str) -> camera::Model {
        let sealed = Sealer::new(&self.settings.keys).seal(STREAM_URL, url).unwrap();
        let row = camera::ActiveModel {
            name: Set("Entrance".to_owned()),
            location: Set("Ground floor".to_owned()),
            stream_type: Set(stream_type),
            stream_url: Set(Secret::new(sealed)),
            status: Set(camera::Status::Online),
            tags: Set(TextList::default()),
            enabled: Set(true),
            direction: Set(camera::Direction::Entry),
            ..Default::default()
        };
        camera::insert_with_next_id(self.db(), row).await.unwrap()
    }

    pub async fn profile(&self, employee_id: &str, status: face_profile::Status) {
        let row = face_profile::ActiveModel {
            employee_id: Set(employee_id.to_owned()),
            name: Set(format!("Name of {employee_id}")),
            department: Set(Some("Operations".to_owned())),
            status: Set(status),
            ..Default::default()
        };
        row.insert(self.db()).await.unwrap();
    }

    /// Accepts a job as the API does, and hands it to the queue.
    pub async fn enqueue<J: Job>(&self, job: &J) -> JobId {
        let transaction = self.db().begin().await.unwrap();
        let pending = jobs::enqueue_or_join(
            &transaction,
            &self.context.queues,
            Work::of(job).unwrap(),
            Origin::system(),
        )
        .await
        .unwrap();
        transaction.commit().await.unwrap();
        let id = pending.id;
        pending.push(&self.context.queues).await;
        id
    }

    /// The job once it has ended, or its first attempt failed for good or for now.
    pub async fn ended(&self, id: JobId) -> JobView {
        eventually(Duration::from_secs(60), "the job ends", || async {
            let job = self.context.queues.job(id).await.unwrap()?;
            job.state.is_terminal().then_some(job)
        })
        .await
    }

    /// The job once its first attempt has failed, whether or not another follows.
    pub async fn failed_once(&self, id: JobId) -> JobView {
        eventually(Duration::from_secs(60), "an attempt fails", || async {
            let job = self.context.queues.job(id).await.unwrap()?;
            job.attempts.iter().any(|attempt| attempt.error.is_some()).then_some(job)
        })
        .await
    }

    /// Asks for a frame and waits for its end, which must be good.
    pub async fn frame(&self, camera: &camera::Model) -> serde_json::Value {
        let id = self.enqueue(&SendFrame { camera_id: camera.id.clone() }).await;
        let job = self.ended(id).await;
        assert_eq!(job.state, JobState::Done, "{:?}", job.attempts);
        serde_json::from_str(job.result.unwrap().get()).unwrap()
    }

    /// Makes Redis forget everything of this test, as `FLUSHALL` would.
    pub fn forget_queues(&self) {
        self.keyspace.forget();
    }

    pub async fn all<E: sea_orm::EntityTrait>(&self) -> Vec<E::Model> {
        E::find().all(self.db()).await.unwrap()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.shutdown.start();
    }
}

/// The site's today, in the seeded zone (UTC).
pub fn today() -> chrono::NaiveDate {
    Utc::now().date_naive()
}
