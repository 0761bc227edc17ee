//! A Redis without memory, and one without disk: what is accepted waits in the outbox, what runs ends, and with room again
//! everything is done.

use std::time::{Duration, Instant};

use e2e::load::Load;
use e2e::servers::Servers;
use queue::QueueError;
use testkit::eventually;
use tokio::time::sleep;

const WORK: Duration = Duration::from_millis(200);

async fn configure(load: &Load, name: &str, value: &str) {
    let client = redis::Client::open(load.servers.instance().redis_url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("CONFIG").arg("SET").arg(name).arg(value).exec_async(&mut connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_redis_out_of_memory_the_jobs_in_it_end_and_those_accepted_meanwhile_wait_in_the_outbox() {
    let mut load = Load::on(Servers::own().await).await;
    let (_worker, _scheduler) = (load.worker().await, load.scheduler().await);
    load.fill(WORK).await;
    configure(&load, "maxmemory", "1").await;
    let queued = load.jobs.len();
    load.accept(load.size.jobs / 10, WORK).await;
    load.until_marked(queued).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(load.marked().await, queued, "the others wait");
    configure(&load, "maxmemory", "0").await;
    load.all_marked_once("Redis out of memory", Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_redis_out_of_disk_nothing_is_lost_and_all_goes_on_once_there_is_room() {
    let mut load = Load::on(Servers::own().await).await;
    let (_worker, _scheduler) = (load.worker().await, load.scheduler().await);
    load.fill(WORK).await;
    load.until_marked(load.size.jobs / 5).await;
    load.servers.instance().fill_disk_of_redis(true);
    eventually(Duration::from_secs(15), "the queue says that it cannot", async || {
        load.offer_again().await.err().filter(|error| matches!(error, QueueError::Unavailable(_)))
    })
    .await;
    load.accept(load.size.jobs / 10, WORK).await;
    sleep(load.size.away).await;
    load.servers.instance().fill_disk_of_redis(false);
    load.all_marked_once("Redis out of disk", Instant::now()).await;
}
