//! Work under way: a queue with hundreds or thousands of jobs that leave marks, workers that run them, and the count of the
//! marks afterwards. A test strikes in the middle.

mod count;
mod size;

use std::time::{Duration, Instant};

use jobs::{Job as _, Origin, enqueue_in};
use queue::{JobFilter, JobId, JobOptions, JobState, JobView, NewJob, QueueError, Queues, QueuesConfig};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use crate::mark::{LeaveMark, TABLE};
use crate::servers::Servers;
use crate::stage::secret;
use crate::{Program, stage};

pub use size::{Size, size};

/// Jobs accepted in one transaction.
const BATCH: usize = 50;

/// The work of one test, and the servers under it.
#[derive(Debug)]
pub struct Load {
    /// Which servers.
    pub servers: Servers,
    /// How much of it.
    pub size: Size,
    /// What processes are told; a test may lead them through a proxy.
    pub environment: Vec<(&'static str, String)>,
    /// The queues, for looking.
    pub queues: Queues,
    /// Every job that was accepted.
    pub jobs: Vec<JobId>,
    db: DatabaseConnection,
    _bucket: testkit::Bucket,
}

impl Load {
    /// Nothing to do yet.
    pub async fn on(servers: Servers) -> Self {
        let (bucket, size) = (testkit::bucket(), size());
        let mut environment = servers.settings();
        environment.extend(bucket.settings().map(|(name, value)| (name, value.to_owned())));
        environment.extend(["SECRET_KEY", "ENCRYPTION_KEY"].map(|name| (name, secret())));
        environment.push(("WORKER_CONCURRENCY", size.concurrency.to_string()));
        environment.push(("FAULT_LEASE_MS", size.lease.as_millis().to_string()));
        let db = servers.connect().await;
        db.execute_unprepared(TABLE).await.unwrap();
        let [url, prefix] =
            ["REDIS_URL", "REDIS_PREFIX"].map(|name| stage::value_of(&environment, name).to_owned());
        let config =
            QueuesConfig { prefix, answer_within: Duration::from_secs(1), ..QueuesConfig::default() };
        let queues = Queues::lazy(&url, config).unwrap();
        Self { servers, size, environment, queues, jobs: Vec::new(), db, _bucket: bucket }
    }

    /// One more worker, ready.
    pub async fn worker(&self) -> Program {
        Program::start("fault-worker", "OPS_BIND", "/health/ready", &self.environment).await
    }

    /// One more scheduler, which sweeps the outbox.
    pub async fn scheduler(&self) -> Program {
        Program::start("rollcall-scheduler", "OPS_BIND", "/health/ready", &self.environment).await
    }

    /// Accepts as many jobs as the suite's size says, each of which works for `work`.
    pub async fn fill(&mut self, work: Duration) {
        self.accept(self.size.jobs, work).await;
    }

    /// Accepts so many jobs: into the outbox in a transaction, and from there to the queue, if it is there.
    pub async fn accept(&mut self, count: usize, work: Duration) {
        let first = self.jobs.len();
        let marks: Vec<LeaveMark> = (first..first + count)
            .map(|number| LeaveMark {
                number: u32::try_from(number).unwrap(),
                work_ms: u64::try_from(work.as_millis()).unwrap(),
                poison: false,
            })
            .collect();
        for some in marks.chunks(BATCH) {
            self.jobs.extend(self.accept_all(some).await);
        }
    }

    /// Accepts a job that ends every process which works on it.
    pub async fn accept_poison(&self) -> JobId {
        let poison = LeaveMark { number: 0, work_ms: 0, poison: true };
        self.accept_all(&[poison]).await[0]
    }

    async fn accept_all(&self, marks: &[LeaveMark]) -> Vec<JobId> {
        let transaction = entity::begin(&self.db).await.unwrap();
        let mut accepted = Vec::new();
        for mark in marks {
            accepted.push(enqueue_in(&transaction, mark, Origin::system()).await.unwrap());
        }
        transaction.commit().await.unwrap();
        let ids = accepted.iter().map(|pending| pending.id).collect();
        futures_util::future::join_all(accepted.into_iter().map(|pending| pending.push(&self.queues))).await;
        ids
    }

    /// Hands a job to the queue that it has already, which asks no more of it than whether it takes any.
    ///
    /// # Errors
    /// It takes none.
    pub async fn offer_again(&self) -> Result<(), QueueError> {
        let known = NewJob {
            id: self.jobs[0],
            ..NewJob::new("leave_mark", 1, &(), JobOptions::on(LeaveMark::QUEUE))?
        };
        self.queues.enqueue(&[known]).await.map(drop)
    }

    /// What a worker runs at this moment.
    pub async fn held_by(&self, worker: &Program) -> Vec<JobView> {
        let filter = JobFilter {
            state: Some(JobState::Running),
            queue: Some(LeaveMark::QUEUE.to_owned()),
            ..JobFilter::default()
        };
        let mut jobs = self.queues.jobs(&filter, 1, 500).await.unwrap().items;
        let pid = format!("-{}-", worker.process.id());
        jobs.retain(|job| job.worker.as_ref().is_some_and(|name| name.contains(&pid)));
        jobs
    }

    /// The job as the queue knows it.
    pub async fn job(&self, id: JobId) -> JobView {
        self.queues.job(id).await.unwrap().unwrap()
    }

    /// Redis forgets all that it knows.
    pub async fn forget_everything(&self) {
        let client = redis::Client::open(stage::value_of(&self.environment, "REDIS_URL")).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        redis::cmd("FLUSHALL").exec_async(&mut connection).await.unwrap();
    }

    /// Fails if some job was taken from a worker that lived.
    pub async fn none_was_lost(&self) {
        for id in &self.jobs {
            let job = self.job(*id).await;
            assert_eq!(job.losses, 0, "{job:?}");
        }
    }

    /// Waits for the end of the work and checks its effects; prints how long it took since `since`.
    pub async fn all_marked_once(&self, fault: &str, since: Instant) {
        self.until_marked(self.jobs.len()).await;
        let recovered = since.elapsed();
        if self.size.outcomes {
            self.until_all_rows_are_done().await;
        }
        self.no_mark_is_missing_or_doubled().await;
        println!(
            "{fault}: {} jobs, each effect once, all of them {recovered:.1?} after the fault",
            self.jobs.len()
        );
    }
}
