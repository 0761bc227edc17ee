//! One trace from the HTTP request through the queue to the end of its job, as a collector sees it.

use std::time::Duration;

use e2e::collector::{Collector, Span};
use e2e::{Client, Stage, cameras};
use serde_json::{Value, json};
use testkit::provider::Answer;

/// What a browser that traces its own clicks sends along.
const CALLER: (&str, &str) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");

/// Asks for a frame in the caller's trace and waits for its job.
async fn send_frame_traced(stage: &Stage, admin: &Client, camera: &str) {
    let request = reqwest::Client::new()
        .post(format!("{}/api/v1/detections/send-frame", stage.api.url))
        .bearer_auth(&admin.access_token)
        .header("traceparent", format!("00-{}-{}-01", CALLER.0, CALLER.1))
        .json(&json!({ "cameraId": camera }));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    admin.done(answer["data"]["jobId"].as_str().unwrap(), Duration::from_secs(30)).await;
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let mut found = spans.iter().filter(|span| span.name == name);
    let first = found.next().unwrap_or_else(|| panic!("no span {name:?} in {spans:#?}"));
    assert!(found.next().is_none(), "two spans {name:?}");
    first
}

fn asks_the_database(spans: &[Span], parent: &Span) -> bool {
    spans.iter().any(|span| span.parent == parent.id && span.attribute("db.system") == Some("postgresql"))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_runs_from_the_caller_over_api_and_queue_to_job_provider_and_database() {
    let collector = Collector::start().await;
    let mut stage = Stage::with(Answer::nobody(), &[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url())]).await;
    let admin = stage.administrator().await;
    let mut worker = stage.worker().await;
    let camera = admin.camera(&cameras::picture()).await;
    send_frame_traced(&stage, &admin, &camera).await;

    // Both send what they still have before they end.
    assert_eq!(worker.process.terminate().await.code(), Some(0));
    assert_eq!(stage.api.process.terminate().await.code(), Some(0));
    let spans: Vec<Span> = collector.spans().into_iter().filter(|span| span.trace == CALLER.0).collect();

    let call = named(&spans, "POST /api/v1/detections/send-frame");
    assert_eq!((call.service.as_str(), call.parent.as_str()), ("rollcall-api", CALLER.1));
    assert_eq!(call.attribute("http.response.status_code"), Some("202"));
    let job = named(&spans, "process send_frame");
    assert_eq!((job.service.as_str(), &job.parent), ("rollcall-worker", &call.id));
    let recognise = named(&spans, "recognise rollcall");
    assert_eq!((recognise.service.as_str(), &recognise.parent), ("rollcall-worker", &job.id));
    assert!(asks_the_database(&spans, call) && asks_the_database(&spans, job), "{spans:#?}");
    let database = |span: &&Span| span.name.starts_with("sea_orm.");
    assert_eq!(spans.iter().filter(|span| !database(span)).count(), 3, "nothing else: {spans:#?}");

    let asked = stage.provider.requests();
    let sent = asked.iter().rfind(|request| request.line.starts_with("POST /detect")).unwrap();
    let carried = format!("00-{}-{}-01", recognise.trace, recognise.id);
    assert_eq!(sent.header("traceparent"), Some(carried.as_str()), "the provider can join the trace");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collector_nothing_is_traced_and_a_collector_that_is_away_stops_nothing() {
    for settings in [&[][..], &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")]] {
        let stage = Stage::with(Answer::nobody(), settings).await;
        let admin = stage.administrator().await;
        let mut worker = stage.worker().await;
        let camera = admin.camera(&cameras::picture()).await;
        send_frame_traced(&stage, &admin, &camera).await;
        assert_eq!(worker.process.terminate().await.code(), Some(0));
        let traced = stage.provider.requests().iter().any(|request| request.header("traceparent").is_some());
        assert_eq!(traced, !settings.is_empty());
    }
}
