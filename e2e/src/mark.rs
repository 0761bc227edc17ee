//! The job of the fault suite: it works for a while and leaves one mark in the database, under the same guard as every real
//! handler. Nothing keeps a second mark from being left but that guard, so marks can be counted.

use std::time::Duration;

use entity::job_effect::{self, Effect};
use jobs::Job;
use queue::{Backoff, ConcurrencyKey};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, Statement};
use serde::{Deserialize, Serialize};
use worker::{Context, Failure, Handle, Run};

/// Table of the marks; it has no key on purpose.
pub const TABLE: &str = "CREATE TABLE marks (job_id uuid NOT NULL, number integer NOT NULL)";

/// One mark to leave.
#[derive(Debug, Serialize, Deserialize)]
pub struct LeaveMark {
    /// Which one.
    pub number: u32,
    /// How long the work takes.
    pub work_ms: u64,
    /// Ends the process that works on it.
    pub poison: bool,
}

impl Job for LeaveMark {
    const KIND: &'static str = "leave_mark";
    const QUEUE: &'static str = "marks";
    const MAX_ATTEMPTS: u32 = 5;
    const BACKOFF: Backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(5) };
    type Output = u32;

    /// Every fourth has to wait for its turn among a few others, so that slots are held while the fault strikes.
    fn concurrency_key(&self) -> Option<ConcurrencyKey> {
        let key = || ConcurrencyKey { key: format!("line-{}", self.number % 16), limit: 2 };
        self.number.is_multiple_of(4).then(key)
    }
}

impl Handle for LeaveMark {
    async fn run(&self, context: &Context, run: &Run) -> Result<u32, Failure> {
        if self.poison {
            std::process::abort();
        }
        tokio::time::sleep(Duration::from_millis(self.work_ms)).await;
        leave(&context.db, run, self.number).await?;
        Ok(self.number)
    }
}

async fn leave(db: &DatabaseConnection, run: &Run, number: u32) -> Result<(), DbErr> {
    let transaction = entity::begin(db).await?;
    let run_id = format!("{}/{}", run.id, run.attempt);
    let guard = job_effect::Run { job_id: run.id, kind: LeaveMark::KIND, run_id: &run_id };
    if job_effect::begin(&transaction, guard, chrono::Utc::now()).await? != Effect::New {
        return transaction.rollback().await;
    }
    let insert = format!("INSERT INTO marks VALUES ('{}', {number})", run.id);
    transaction.execute_raw(Statement::from_string(transaction.get_database_backend(), insert)).await?;
    transaction.commit().await
}
