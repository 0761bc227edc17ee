//! PostgreSQL restarted under load.

use std::time::Duration;

use e2e::{Stage, cameras, effects};
use reqwest::Method;
use testkit::eventually;
use testkit::instance::Server;

#[tokio::test(flavor = "multi_thread")]
async fn when_postgresql_restarts_the_api_answers_503_and_recovers_and_jobs_are_retried_without_doubles() {
    let stage = Stage::on_own_servers(effects::one_face_after(Duration::from_millis(300))).await;
    let admin = stage.administrator().await;
    let cameras = admin.cameras(6, &cameras::picture()).await;
    let workers = [stage.worker_of(4).await, stage.worker_of(4).await];

    let jobs = admin.send_frames(24, &cameras).await;
    eventually(Duration::from_secs(15), "some frames are done", async || {
        (admin.jobs("status=done").await.len() >= 4).then_some(())
    })
    .await;
    stage.servers.instance().stop(Server::Postgres);
    let refused = eventually(Duration::from_secs(15), "the API says that it cannot", async || {
        let answer = admin.call(Method::GET, "/attendance/logs", None).await;
        (answer.status != 200).then_some(answer)
    })
    .await;
    assert_eq!(refused.refusal(), (503, "UNAVAILABLE"));
    stage.servers.instance().resume(Server::Postgres);
    eventually(Duration::from_secs(15), "the API answers again", async || {
        let answer = admin.call(Method::GET, "/attendance/logs", None).await;
        assert!([200, 503].contains(&answer.status), "{}", answer.body);
        (answer.status == 200).then_some(())
    })
    .await;

    let ended = admin.all_done(&jobs, Duration::from_secs(40)).await;
    let attempts = ended.iter().flat_map(|job| job["attempts"].as_array().unwrap());
    let mut errors = attempts.filter_map(|attempt| attempt["error"].as_str());
    assert!(errors.all(|error| error.starts_with("database: ")), "{ended:?}");
    // Not every run that the outage hit spends an attempt.
    let hit = workers.iter().any(|worker| worker.process.log().contains("database: "));
    assert!(hit, "the outage hit some job");
    effects::are_there_once(&stage, &jobs).await;
}
