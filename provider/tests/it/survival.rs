use std::fs;
use std::time::Duration;

use nix::sys::signal::Signal;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

use crate::cache;
use crate::process::Process;
use crate::server::{form, json};

async fn enrol(provider: &Process, id: &str, portrait: &str) -> Value {
    let request = Client::new().put(provider.url(&format!("/people/{id}")));
    json(request.multipart(form("A Name", &[portrait])), StatusCode::OK).await
}

async fn get(provider: &Process, path: &str) -> Value {
    json(Client::new().get(provider.url(path)), StatusCode::OK).await
}

#[tokio::test]
async fn who_was_enrolled_before_a_kill_is_recognised_after_it() {
    let folder = TempDir::new().unwrap();
    let provider = Process::start(folder.path());
    enrol(&provider, "obama", "obama.jpg").await;
    provider.signal(Signal::SIGKILL);
    assert_eq!(provider.wait(), None);

    let provider = Process::start(folder.path());
    let request = Client::new().post(provider.url("/detect")).body(cache::portrait("obama2.jpg"));
    let answer = json(request, StatusCode::OK).await;
    assert_eq!(answer["detections"][0]["personId"], "obama");
}

#[tokio::test]
async fn a_kill_in_the_middle_of_an_enrolment_leaves_the_old_person_or_the_new_one() {
    let folder = TempDir::new().unwrap();
    let provider = Process::start(folder.path());
    let old = enrol(&provider, "x", "astronaut.png").await;
    let new = enrol(&provider, "y", "astronaut.png").await;
    let request =
        Client::new().put(provider.url("/people/x")).multipart(form("New Name", &["astronaut.png"]));
    let running = tokio::spawn(request.send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    provider.signal(Signal::SIGKILL);
    let _ = running.await.unwrap();

    let provider = Process::start(folder.path());
    let people = get(&provider, "/people").await["people"].clone();
    let mut renamed = old.clone();
    renamed["name"] = "New Name".into();
    assert!(people[0] == old || people[0] == renamed, "{people}");
    assert_eq!(people[1], new);
    assert_eq!(get(&provider, "/health").await["unreadablePeople"], 0);
}

#[tokio::test]
async fn damaged_files_are_reported_until_their_people_are_enrolled_again_or_forgotten() {
    let folder = TempDir::new().unwrap();
    let provider = Process::start(folder.path());
    enrol(&provider, "a", "astronaut.png").await;
    enrol(&provider, "b", "obama.jpg").await;
    enrol(&provider, "c", "obama2.jpg").await;
    drop(provider);
    fs::write(folder.path().join("a.person"), b"rubbish").unwrap();
    fs::write(folder.path().join("c.person"), b"rubbish").unwrap();

    let provider = Process::start(folder.path());
    let health = get(&provider, "/health").await;
    assert_eq!((&health["status"], &health["people"]), (&"degraded".into(), &1.into()));
    assert_eq!(health["unreadablePeople"], 2);
    enrol(&provider, "a", "astronaut.png").await;
    assert_eq!(get(&provider, "/health").await["unreadablePeople"], 1);
    let forgotten = Client::new().delete(provider.url("/people/c")).send().await.unwrap();
    assert_eq!(forgotten.status(), StatusCode::NO_CONTENT);
    let health = get(&provider, "/health").await;
    assert_eq!((&health["status"], &health["unreadablePeople"]), (&"ok".into(), &0.into()));
    drop(provider);
    assert_eq!(get(&Process::start(folder.path()), "/health").await["people"], 2);
}

#[tokio::test]
async fn on_sigterm_running_requests_are_finished_and_the_exit_code_is_0() {
    let folder = TempDir::new().unwrap();
    let provider = Process::start(folder.path());
    let request = Client::new().post(provider.url("/detect")).body(cache::portrait("obama3.jpg"));
    let running = tokio::spawn(request.send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    provider.signal(Signal::SIGTERM);
    assert_eq!(running.await.unwrap().unwrap().status(), StatusCode::OK);
    let code = tokio::task::spawn_blocking(|| provider.wait()).await.unwrap();
    assert_eq!(code, Some(0));
}
