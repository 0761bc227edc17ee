use std::process::Output;

use reqwest::StatusCode;
use tempfile::TempDir;

use crate::process::command;
use crate::server::{Provider, json};
use crate::{cache, process::Process};

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn health_tells_model_version_and_number_of_people() {
    let provider = Provider::start().await;
    provider.enrol("a", "N", &["astronaut.png"]).await;
    let health = json(provider.client.get(provider.url("/health")), StatusCode::OK).await;
    assert_eq!(
        (&health["status"], &health["people"], &health["images"]),
        (&"ok".into(), &1.into(), &1.into())
    );
    assert!(health["model"].as_str().unwrap().contains("dlib-resnet-v1"));
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn metrics_count_requests_stages_and_faces() {
    let provider = Provider::start().await;
    provider.detect(cache::portrait("astronaut.png")).await;
    let response = provider.client.get(provider.url("/metrics")).send().await.unwrap();
    let metrics = response.text().await.unwrap();
    for expected in [
        "rollcall_provider_request_duration_seconds_bucket{route=\"/detect\",status=\"200\"",
        "rollcall_provider_stage_duration_seconds_count{stage=\"embed\"}",
        "rollcall_provider_faces_total{verdict=\"unknown\"}",
        "rollcall_provider_people",
    ] {
        assert!(metrics.contains(expected), "{expected} is not in\n{metrics}");
    }
}

#[test]
fn wrong_settings_are_told_all_at_once_with_exit_code_2() {
    let output = command().env("PROVIDER_BIND", "x").env("PROVIDER_MIN_FACE", "1").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = text(&output);
    for name in ["PROVIDER_BIND", "PROVIDER_MIN_FACE", "PROVIDER_DATA_DIR"] {
        assert!(text.contains(name), "{name} is not in\n{text}");
    }
}

#[test]
fn missing_models_are_told_with_the_script_that_fetches_them() {
    let empty = TempDir::new().unwrap();
    let output = command()
        .env("ROLLCALL_MODEL_DIR", empty.path())
        .env("PROVIDER_DATA_DIR", empty.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("scripts/fetch-models"), "{}", text(&output));
}

#[test]
fn a_second_provider_on_the_same_people_does_not_start() {
    let folder = TempDir::new().unwrap();
    let _first = Process::start(folder.path());
    let output = command().env("PROVIDER_DATA_DIR", folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("another process"), "{}", text(&output));
}

#[test]
fn help_lists_every_setting() {
    let help = text(&command().arg("--help").output().unwrap());
    for name in ["PROVIDER_BIND", "PROVIDER_API_KEY", "ROLLCALL_MODEL_DIR", "PROVIDER_MATCH_DISTANCE"] {
        assert!(help.contains(name), "{name} is not in\n{help}");
    }
}
