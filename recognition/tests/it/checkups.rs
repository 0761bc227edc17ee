//! Health checks, status and measurements.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use recognition::{Checkup, ProviderStatus};

use crate::provider::{Answer, Provider, client, config, look};

/// What a provider of each kind answers its check with.
const WELL: [(&str, &str); 2] = [
    (
        "rollcall",
        r#"{"status":"ok","version":"1.0.0","model":"m","people":3,"images":5,"unreadablePeople":0}"#,
    ),
    ("http", r#"{"detections":[]}"#),
];

#[tokio::test]
async fn a_provider_that_is_well_is_connected() {
    assert_eq!(recognition::kind_names().collect::<Vec<_>>(), WELL.map(|(kind, _)| kind));
    for (kind, answer) in WELL {
        let provider = Provider::start(Answer::ok(answer)).await;
        let Checkup { status, latency, message } = client(&provider.config(kind)).check_up().await;
        assert_eq!((status, message.as_str()), (ProviderStatus::Connected, "the provider is well"), "{kind}");
        assert!(latency.unwrap() < Duration::from_millis(500));
    }
}

#[tokio::test]
async fn something_else_that_answers_is_no_provider() {
    let other_health = r#"{"status":"UP"}"#;
    for (kind, answer) in [
        ("rollcall", Answer::ok("{}")),
        ("rollcall", Answer::ok("<html>Welcome to nginx!</html>")),
        ("rollcall", Answer::ok(other_health)),
        ("rollcall", Answer::ok(r#"{"status":"starting","version":"1","model":"m","people":0}"#)),
        ("rollcall", Answer::Status(404, String::new())),
        ("http", Answer::ok("{}")),
        ("http", Answer::ok("<html>Welcome to nginx!</html>")),
        ("http", Answer::ok(r#"{"detections":[{"confidence":"high"}]}"#)),
        ("http", Answer::Status(405, String::new())),
        ("http", Answer::Status(404, String::new())),
    ] {
        let said = format!("{kind}: {answer:?}");
        let provider = Provider::start(answer).await;
        let checkup = client(&provider.config(kind)).check_up().await;
        assert_eq!((checkup.status, checkup.latency), (ProviderStatus::Offline, None), "{said}");
        assert!(checkup.message.starts_with("the provider"), "{said}: {}", checkup.message);
    }
}

#[tokio::test]
async fn a_provider_that_complains_is_degraded_and_says_why() {
    let degraded = WELL[0].1.replace("\"ok\"", "\"degraded\"");
    for (kind, answer, why) in [
        ("rollcall", Answer::ok(degraded), "files of some people"),
        ("http", Answer::Status(422, String::new()), "refuses the empty picture"),
    ] {
        let provider = Provider::start(answer).await;
        let checkup = client(&provider.config(kind)).check_up().await;
        assert_eq!(checkup.status, ProviderStatus::Degraded, "{}", checkup.message);
        assert!(checkup.latency.is_some() && checkup.message.contains(why), "{}", checkup.message);
    }
}

#[tokio::test]
async fn kind_http_is_checked_with_an_empty_picture() {
    let provider = Provider::start(Answer::nobody()).await;
    client(&provider.config("http")).health().await.unwrap();
    let request = provider.requests().remove(0);
    assert!(request.starts_with("POST / HTTP/1.1\r\n"), "{request}");
    assert!(
        request.contains("authorization: Bearer k3y\r\n") && request.contains("health-check"),
        "{request}"
    );
    assert!(request.contains("Content-Type: image/jpeg\r\n\r\n"), "{request}");
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
async fn some_failures_or_slow_answers_are_degraded() {
    let provider = Provider::start(Answer::Status(500, String::new())).await;
    let failing = client(&provider.config("rollcall"));
    look(&*failing).await.unwrap_err();
    provider.answers(Answer::ok(WELL[0].1));
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
