//! Health checks, status and measurements.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use recognition::{Checkup, ProviderStatus};

use crate::provider::{Answer, Provider, client, config, look};

#[tokio::test]
async fn a_provider_that_is_well_is_connected() {
    for kind in recognition::kind_names() {
        let provider = Provider::start(Answer::ok("{}")).await;
        let Checkup { status, latency, message } = client(&provider.config(kind)).check_up().await;
        assert_eq!((status, message.as_str()), (ProviderStatus::Connected, "the provider is well"));
        assert!(latency.unwrap() < Duration::from_millis(500));
    }
}

#[tokio::test]
async fn a_provider_that_is_away_or_refuses_the_key_is_offline_and_says_why() {
    let away = client(&config("http", "http://127.0.0.1:1")).check_up().await;
    assert_eq!(
        (away.status, away.message.as_str()),
        (ProviderStatus::Offline, "the provider cannot be reached")
    );
    let provider = Provider::start(Answer::Status(401, String::new())).await;
    let refused = client(&provider.config("http")).check_up().await;
    assert_eq!(
        (refused.status, refused.message.as_str()),
        (ProviderStatus::Offline, "the provider refuses the API key")
    );
}

#[tokio::test]
async fn an_endpoint_without_a_health_check_counts_as_there() {
    let provider = Provider::start(Answer::Status(405, String::new())).await;
    assert!(client(&provider.config("http")).health().await.is_ok());
}

#[tokio::test]
async fn some_failures_or_slow_answers_are_degraded() {
    let provider = Provider::start(Answer::Status(500, String::new())).await;
    let failing = client(&provider.config("rollcall"));
    look(&*failing).await.unwrap_err();
    provider.answers(Answer::ok("{}"));
    assert_eq!(failing.check_up().await.status, ProviderStatus::Degraded);
    let provider =
        Provider::start(Answer::Late(Duration::from_millis(350), r#"{"detections":[]}"#.into())).await;
    let slow = client(&provider.config("rollcall"));
    look(&*slow).await.unwrap();
    assert_eq!(slow.status(), ProviderStatus::Degraded);
    assert!(slow.average_latency().unwrap() >= Duration::from_millis(350));
}

#[tokio::test]
async fn every_call_is_measured_with_its_outcome() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    metrics::set_global_recorder(recorder).unwrap();
    let provider = Provider::start(Answer::nobody()).await;
    let client = client(&provider.config("rollcall"));
    look(&*client).await.unwrap();
    provider.answers(Answer::ok("garbage"));
    look(&*client).await.unwrap_err();
    for outcome in ["ok", "bad_answer"] {
        let line =
            format!("rollcall_provider_duration_seconds_count{{kind=\"rollcall\",outcome=\"{outcome}\"}}");
        assert!(page.render().contains(&line), "{}", page.render());
    }
}
