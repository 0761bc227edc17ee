//! What must never be read in a log.

use std::time::Duration;

use e2e::recogniser::Recogniser;
use e2e::{Client, Program, Stage, cameras};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::camera::LOGIN;
use testkit::provider::Answer;
use testkit::{ADMIN_PASSWORD, free_port};

const WRONG_PASSWORD: &str = "not the right password";

/// The address of a camera with the credentials in it.
fn with_login(url: &str) -> String {
    url.replacen("//", &format!("//{}:{}@", LOGIN.0, LOGIN.1), 1)
}

fn password_in(url: &str) -> String {
    url.rsplit_once('@').unwrap().0.rsplit_once(':').unwrap().1.to_owned()
}

/// What every process was told and must keep to itself.
fn settings(stage: &Stage) -> Vec<String> {
    let keys = ["SECRET_KEY", "ENCRYPTION_KEY", "S3_SECRET_KEY"].map(|name| stage.setting(name).to_owned());
    let passwords = ["DATABASE_URL", "REDIS_URL"].map(|name| password_in(stage.setting(name)));
    [keys.as_slice(), &passwords].concat()
}

fn tokens(client: &Client) -> [String; 2] {
    [client.access_token.clone(), client.refresh_token.clone()]
}

/// Uses the camera in every way that there is, and returns the job of a frame once an attempt of it has ended.
async fn use_camera(client: &Client, url: &str) -> Value {
    let camera = client.camera(&cameras::at("RTSP", &with_login(url))).await;
    client.post(&format!("/cameras/{camera}/test-connection"), &json!({})).await;
    let frame = client.send_frame(&camera).await;
    let ended = |job: &Value| job["attempts"][0]["endedAt"].is_string();
    client.job_once(&frame, Duration::from_secs(30), "ends an attempt", ended).await
}

fn assert_silent(program: &Program, secrets: &[String]) {
    let log = program.process.log();
    assert!(log.contains("DEBUG"), "much was logged: {log}");
    for secret in secrets {
        let told = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(told, None, "{secret} stands in a log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_that_was_used_stands_in_any_log_however_much_is_logged() {
    let stage = Stage::with(Answer::nobody(), &[("RUST_LOG", "debug")]).await;
    let mut admin = stage.sign_in().await;
    let mut secrets = tokens(&admin).to_vec();
    admin.refresh().await;
    secrets.extend(tokens(&admin));
    secrets.extend([ADMIN_PASSWORD, WRONG_PASSWORD, LOGIN.1].map(str::to_owned));
    secrets.extend(settings(&stage));
    let wrong = json!({ "username": "admin@rollcall.local", "password": WRONG_PASSWORD });
    assert_eq!(admin.call(Method::POST, "/auth/login", Some(&wrong)).await.status, 401);

    let recogniser = Recogniser::start(&stage, &admin).await;
    secrets.push(recogniser.api_key.clone());
    admin.post("/detections/test-provider", &json!({})).await;
    let (worker, scheduler) = (stage.worker().await, stage.scheduler().await);
    let _socket = stage.socket(&admin, &["detections", "jobs"]).await;
    let seen = use_camera(&admin, &cameras::simulator().rtsp_private("lobby")).await;
    assert_eq!(seen["status"], "done", "{seen}");
    let failed = use_camera(&admin, &format!("rtsp://127.0.0.1:{}/gate", free_port())).await;
    let events = admin.list("/detections/events").await;
    assert!(!json!([seen, failed, events]).to_string().contains(LOGIN.1), "nor in what users read");

    for program in [&stage.api, &worker, &scheduler, &recogniser.program] {
        assert_silent(program, &secrets);
    }
}
