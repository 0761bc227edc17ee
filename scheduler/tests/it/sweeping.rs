//! The sweeper's loop; what one sweep does is tested where it is written.

use std::time::Duration;

use jobs::{Origin, enqueue_in};
use sea_orm::ConnectionTrait as _;
use testkit::eventually;

use crate::setting::{CHIME, Chime, Setting};

#[tokio::test]
async fn an_accepted_job_that_was_never_pushed_reaches_the_queue() {
    let setting = Setting::new().await;
    let pending = enqueue_in(setting.db(), &Chime {}, Origin::system()).await.unwrap();
    let age = "UPDATE job_outbox SET created_at = created_at - interval '1 minute'";
    setting.db().execute_unprepared(age).await.unwrap();
    let sweeper = setting.start_sweeper();
    let queues = setting.queues();
    eventually(Duration::from_secs(5), "the job is in the queue", async || {
        queues.job(pending.id).await.unwrap()
    })
    .await;
    setting.stop(vec![sweeper]).await;
}

#[tokio::test]
async fn a_schedule_shows_what_became_of_its_last_job() {
    let setting = Setting::new().await;
    setting.add_schedule(CHIME, "0 0 1 1 *", true, setting.now().await).await;
    for outcome in ["dead", "done"] {
        let pending = enqueue_in(setting.db(), &Chime {}, Origin::system()).await.unwrap();
        let finish = format!(
            "UPDATE job_outbox SET finished_at = clock_timestamp(), outcome = '{outcome}' WHERE id = '{}'",
            pending.id
        );
        setting.db().execute_unprepared(&finish).await.unwrap();
    }
    let sweeper = setting.start_sweeper();
    eventually(Duration::from_secs(5), "the outcome is shown", async || {
        setting.schedule(CHIME).await.last_outcome.filter(|outcome| outcome == "done")
    })
    .await;
    setting.stop(vec![sweeper]).await;
}
