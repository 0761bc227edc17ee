//! What Prometheus reads of each binary after some work.

use std::collections::HashSet;
use std::time::Duration;

use e2e::{Program, Stage, cameras, effects};
use testkit::eventually;

/// What every process with a database shows.
const POOL: [&str; 4] = [
    r#"rollcall_db_pool_connections{state="open"}"#,
    r#"rollcall_db_pool_connections{state="idle"}"#,
    r#"rollcall_db_pool_connections{state="in_use"}"#,
    "rollcall_db_pool_max_connections",
];

const OF_THE_API: [&str; 6] = [
    r#"rollcall_http_request_duration_seconds_bucket{route="/api/v1/cameras",status="200",le="0.5"}"#,
    r#"rollcall_http_request_duration_seconds_count{route="/api/v1/detections/send-frame",status="202"}"#,
    r#"rollcall_cache_requests_total{cache="cameras",result="hit"}"#,
    r#"rollcall_cache_requests_total{cache="cameras",result="miss"}"#,
    r#"rollcall_cache_entries{cache="cameras"}"#,
    r#"rollcall_cache_requests_total{cache="sessions",result="hit"}"#,
];

const OF_A_WORKER: [&str; 5] = [
    "rollcall_ready 1",
    r#"rollcall_jobs_total{kind="send_frame",outcome="done"}"#,
    r#"rollcall_job_duration_seconds_bucket{kind="send_frame",outcome="done",le="+Inf"}"#,
    r#"rollcall_job_wait_seconds_count{kind="send_frame"}"#,
    "rollcall_provider_duration_seconds_count{",
];

const OF_A_SCHEDULER: [&str; 12] = [
    "rollcall_ready 1",
    "rollcall_redis_up 1",
    "rollcall_database_up 1",
    r#"rollcall_outbox_unfinished{age="up to 1m"}"#,
    "rollcall_outbox_oldest_seconds",
    r#"rollcall_queue_depth{queue="capture",state="done"}"#,
    r#"rollcall_queue_depth{queue="capture",state="ready"}"#,
    r#"rollcall_queue_latency_seconds{queue="capture"}"#,
    r#"rollcall_queue_unclaimed{queue="capture"}"#,
    "rollcall_workers 1",
    r#"rollcall_schedule_last_tick_seconds{schedule="sample_cameras"}"#,
    "rollcall_outbox_finished_total",
];

async fn scrape(program: &Program) -> String {
    let answer = reqwest::get(format!("{}/metrics", program.url)).await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    answer.text().await.unwrap()
}

/// Waits until the process shows all of it; gauges are told every few seconds.
async fn shows(program: &Program, wanted: &[&str]) {
    let wanted: Vec<&str> = POOL.iter().chain(wanted).copied().collect();
    let missing = async || {
        let text = scrape(program).await;
        let is_there = |start: &str| text.lines().any(|line| line.starts_with(start));
        wanted.iter().copied().filter(|start| !is_there(start)).collect::<Vec<_>>()
    };
    let what = format!("{} shows {:?}", program.url, missing().await);
    eventually(Duration::from_secs(20), &what, async || missing().await.is_empty().then_some(())).await;
    explains_itself(&scrape(program).await);
}

/// Every sample belongs to a family with a line of help and one of its type.
fn explains_itself(text: &str) {
    let of = |word: &str| -> HashSet<&str> {
        text.lines().filter_map(|line| line.strip_prefix(word)?.split(' ').next()).collect()
    };
    let (helped, typed) = (of("# HELP "), of("# TYPE "));
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = line.split(['{', ' ']).next().unwrap();
        let parts = ["_bucket", "_sum", "_count"].into_iter().filter_map(|part| name.strip_suffix(part));
        let family = parts.chain([name]).find(|family| typed.contains(family));
        let family = family.unwrap_or_else(|| panic!("{name} has no TYPE"));
        assert!(helped.contains(family), "{family} has no HELP");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_some_work_every_process_shows_its_signals_and_explains_them() {
    let stage = Stage::set(effects::one_face()).await;
    let admin = stage.administrator().await;
    let camera = admin.camera(&cameras::picture()).await;
    let (worker, scheduler) = (stage.worker().await, stage.scheduler().await);
    admin.done(&admin.send_frame(&camera).await, Duration::from_secs(20)).await;
    for _ in 0..2 {
        admin.list("/cameras").await;
    }
    shows(&stage.api, &OF_THE_API).await;
    shows(&worker, &OF_A_WORKER).await;
    shows(&scheduler, &OF_A_SCHEDULER).await;
}
