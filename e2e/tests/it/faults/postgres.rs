//! PostgreSQL restarted while every running job is about to store something.

use std::time::{Duration, Instant};

use e2e::load::Load;
use e2e::servers::Servers;
use testkit::instance::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_postgresql_under_load_lets_jobs_be_tried_again_and_stores_nothing_twice() {
    let mut load = Load::on(Servers::own().await).await;
    let _workers = [load.worker().await, load.worker().await];
    let _scheduler = load.scheduler().await;
    load.fill(Duration::from_millis(50)).await;
    load.until_marked(load.size.jobs / 5).await;
    load.servers.instance().restart(Server::Postgres);
    load.all_marked_once("PostgreSQL restarted", Instant::now()).await;
}
