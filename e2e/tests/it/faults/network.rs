//! The network between a worker and its servers: slow, lossy, cut.

use std::time::{Duration, Instant};

use e2e::Program;
use e2e::load::Load;
use e2e::servers::Servers;
use e2e::stage::value_of;
use testkit::proxy::{Proxy, Weather};
use tokio::time::sleep;

const WORK: Duration = Duration::from_millis(700);

/// Work under way, by a worker that reaches the server of one setting through a proxy, and by one that needs none.
async fn under_load(setting: &'static str) -> (Load, Proxy, [Program; 3]) {
    let mut load = Load::on(Servers::shared().await).await;
    let programs = [load.worker().await, load.scheduler().await];
    let (proxy, through) = Proxy::before_url(value_of(&load.environment, setting)).await;
    load.environment.push((setting, through));
    let [direct, scheduler] = programs;
    let programs = [load.worker().await, direct, scheduler];
    load.fill(WORK).await;
    load.until_marked(load.size.jobs / 5).await;
    (load, proxy, programs)
}

async fn weathers(setting: &'static str, fault: &str, weather: Weather, lasting: Duration) {
    let (load, proxy, _programs) = under_load(setting).await;
    proxy.set(weather);
    sleep(lasting).await;
    proxy.set(Weather::Fair);
    load.all_marked_once(fault, Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_behind_a_slow_network_to_redis_works_on() {
    let slow = Weather::Slow(Duration::from_millis(250));
    weathers("REDIS_URL", "network to Redis slow", slow, Duration::from_secs(3)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_says_to_redis_may_be_lost_for_longer_than_its_lease() {
    let (load, proxy, _programs) = under_load("REDIS_URL").await;
    proxy.set(Weather::Lossy);
    sleep(load.size.lease + Duration::from_secs(2)).await;
    proxy.set(Weather::Fair);
    load.all_marked_once("network to Redis lossy for longer than a lease", Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_to_redis_that_are_reset_again_and_again_cost_nothing() {
    let (load, proxy, _programs) = under_load("REDIS_URL").await;
    for _ in 0..10 {
        proxy.cut_once().await;
        sleep(Duration::from_millis(200)).await;
    }
    load.all_marked_once("connections to Redis reset", Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_to_postgresql_that_are_reset_in_the_middle_of_commits_double_nothing() {
    let (load, proxy, _programs) = under_load("DATABASE_URL").await;
    for _ in 0..10 {
        proxy.cut_once().await;
        sleep(Duration::from_millis(200)).await;
    }
    load.all_marked_once("connections to PostgreSQL reset", Instant::now()).await;
}
