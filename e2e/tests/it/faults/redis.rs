//! Redis restarted, killed, standing still, forgetting everything, and with a clock that jumps.

use std::time::{Duration, Instant};

use e2e::Program;
use e2e::load::Load;
use e2e::servers::Servers;
use testkit::instance::{Instance, Server};
use tokio::time::sleep;

const WORK: Duration = Duration::from_millis(300);
const STALL: Duration = Duration::from_secs(5);
const HOUR: Duration = Duration::from_secs(3600);

/// Work under way on servers that the test may break: two workers, a scheduler.
async fn under_load() -> (Load, [Program; 3]) {
    begin(Load::on(Servers::own().await).await).await
}

/// The same with the contract's lease, of which no fault may take more than the two seconds that the lease clock allows.
async fn under_load_with_the_usual_lease() -> (Load, [Program; 3]) {
    let mut load = Load::on(Servers::own().await).await;
    load.environment.push(("FAULT_LEASE_MS", "10000".to_owned()));
    begin(load).await
}

async fn begin(mut load: Load) -> (Load, [Program; 3]) {
    let programs = [load.worker().await, load.worker().await, load.scheduler().await];
    load.fill(WORK).await;
    load.until_marked(load.size.jobs / 5).await;
    (load, programs)
}

/// Jobs go on being accepted while Redis is away; afterwards everything ends once.
async fn comes_back(fault: &str, strike: impl Fn(&Instance), mend: impl Fn(&Instance)) {
    let (mut load, _programs) = under_load().await;
    strike(load.servers.instance());
    let meanwhile = load.size.jobs / 10;
    load.accept(meanwhile, WORK).await;
    sleep(load.size.away).await;
    mend(load.servers.instance());
    load.all_marked_once(fault, Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_redis_loses_no_job_and_what_was_accepted_meanwhile_is_done_too() {
    let resume = |servers: &Instance| servers.resume(Server::Redis);
    comes_back("Redis restarted", |servers| servers.stop(Server::Redis), resume).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_of_redis_loses_no_job_even_of_the_second_that_it_had_not_written() {
    let resume = |servers: &Instance| servers.resume(Server::Redis);
    comes_back("Redis killed", Instance::kill_redis, resume).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_stands_still_for_five_seconds_costs_no_lease() {
    let (load, _programs) = under_load_with_the_usual_lease().await;
    load.servers.instance().freeze_redis();
    sleep(STALL).await;
    load.servers.instance().thaw_redis();
    load.all_marked_once("Redis stood still for 5 s", Instant::now()).await;
    load.none_was_lost().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_redis_forgets_everything_each_of_many_accepted_jobs_still_ends_once_in_effect() {
    let (load, _programs) = under_load().await;
    load.forget_everything().await;
    load.all_marked_once("FLUSHALL", Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_of_redis_that_jumps_costs_no_lease_and_stops_nothing() {
    let (load, _programs) = under_load_with_the_usual_lease().await;
    let (clock, began) = (load.servers.instance().redis_clock(), Instant::now());
    clock.set_ahead(HOUR);
    sleep(Duration::from_millis(500)).await;
    clock.set_back(HOUR);
    sleep(Duration::from_millis(500)).await;
    clock.set_right();
    load.all_marked_once("Redis's clock jumped an hour ahead and two back", began).await;
    load.none_was_lost().await;
}
