//! TLS: certificates are checked, against the CA that the URL names.

use queue::{JobState, Outcome, QueueError, Queues};
use serde_json::json;
use testkit::redis_servers::{Authority, RedisCluster, RedisServer, Sentinels};

use crate::support::{TestWorker, config, enqueue, handler, job, queues_at, until_state};

fn url(server: &RedisServer, parameters: &str) -> String {
    format!("rediss://127.0.0.1:{}?{parameters}", server.port())
}

fn trusting(authority: &Authority) -> String {
    format!("ssl_ca_certs={}", authority.certificate().display())
}

async fn is_refused(url: &str) {
    match Queues::connect(url, config()).await {
        Err(QueueError::Unavailable(error)) => {
            let text = error.to_string();
            assert!(text.contains("invalid peer certificate"), "{url}: {text}");
        }
        other => panic!("{url}: {other:?}"),
    }
}

async fn a_job_runs_at(url: &str) {
    let queues = queues_at(url).await;
    let _worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Done).await;
}

#[tokio::test]
async fn jobs_run_over_tls_with_a_private_authority() {
    let authority = Authority::new();
    let server = authority.server("IP:127.0.0.1", false);
    a_job_runs_at(&url(&server, &trusting(&authority))).await;
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_or_of_another_name_is_refused() {
    let (ours, others) = (Authority::new(), Authority::new());
    let server = ours.server("IP:127.0.0.1", false);
    is_refused(&url(&server, &trusting(&others))).await;
    is_refused(&url(&server, "")).await;
    let elsewhere = ours.server("DNS:elsewhere", false);
    is_refused(&url(&elsewhere, &trusting(&ours))).await;
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_is_shown_ours() {
    let authority = Authority::new();
    let server = authority.server("IP:127.0.0.1", true);
    let (certificate, key) = authority.issue("DNS:worker");
    let identity = format!("ssl_certfile={}&ssl_keyfile={}", certificate.display(), key.display());
    a_job_runs_at(&url(&server, &format!("{}&{identity}", trusting(&authority)))).await;
    assert!(Queues::connect(&url(&server, &trusting(&authority)), config()).await.is_err());
}

#[tokio::test]
async fn jobs_run_on_a_cluster_over_tls_and_its_certificates_are_checked() {
    let authority = Authority::new();
    let cluster = RedisCluster::start_over_tls(&authority);
    a_job_runs_at(&cluster.tls_url(&trusting(&authority))).await;
    assert!(Queues::connect(&cluster.tls_url(&trusting(&Authority::new())), config()).await.is_err());
}

#[tokio::test]
async fn jobs_run_at_the_master_that_sentinels_name_over_tls_and_certificates_are_checked() {
    let authority = Authority::new();
    let servers = Sentinels::start_over_tls(&authority);
    a_job_runs_at(&servers.tls_url(&trusting(&authority))).await;
    assert!(Queues::connect(&servers.tls_url(&trusting(&Authority::new())), config()).await.is_err());
}
