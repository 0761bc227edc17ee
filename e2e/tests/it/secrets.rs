//! What must never be read in a log.

use std::time::Duration;

use e2e::recogniser::Recogniser;
use e2e::{Stage, cameras};
use reqwest::Method;
use serde_json::json;
use testkit::camera::LOGIN;
use testkit::provider::Answer;
use testkit::{ADMIN_PASSWORD, free_port};

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_that_was_used_stands_in_any_log_however_much_is_logged() {
    let stage = Stage::with(Answer::nobody(), &[("RUST_LOG", "debug")]).await;
    let mut admin = stage.sign_in().await;
    let mut secrets = vec![admin.access_token.clone(), admin.refresh_token.clone()];
    admin.refresh().await;
    let recogniser = Recogniser::start(&admin).await;
    let (worker, scheduler) = (stage.worker().await, stage.scheduler().await);
    let _socket = stage.socket(&admin, &["detections", "jobs"]).await;

    let (user, password) = LOGIN;
    let good = admin
        .camera(&cameras::at(
            "RTSP",
            &cameras::simulator().rtsp_private("lobby").replace("//", &format!("//{user}:{password}@")),
        ))
        .await;
    let nobody = format!("rtsp://{user}:{password}@127.0.0.1:{}/x", free_port());
    let bad = admin.camera(&cameras::at("RTSP", &nobody)).await;
    let frame = admin.send_frame(&good).await;
    admin.done(&frame, Duration::from_secs(30)).await;
    for camera in [&good, &bad] {
        admin.call(Method::POST, &format!("/cameras/{camera}/test-connection"), None).await.data();
    }
    let failing = admin.send_frame(&bad).await;
    let failed = admin
        .job_once(&failing, Duration::from_secs(20), "fails", |job| job["attempts"][0]["error"].is_string())
        .await;
    admin.post("/detections/test-provider", &json!({})).await;
    let wrong = json!({ "username": "admin@rollcall.local", "password": "a wrong password all the same" });
    assert_eq!(admin.call(Method::POST, "/auth/login", Some(&wrong)).await.status, 401);

    secrets.extend([admin.access_token.clone(), admin.refresh_token.clone(), recogniser.api_key.clone()]);
    secrets.extend([ADMIN_PASSWORD, password, "a wrong password all the same"].map(str::to_owned));
    secrets.extend(
        ["SECRET_KEY", "ENCRYPTION_KEY", "S3_SECRET_KEY", "DATABASE_URL", "REDIS_URL"]
            .map(|name| stage.setting(name).to_owned()),
    );
    for program in [&stage.api, &worker, &scheduler, &recogniser.program] {
        let log = program.process.log();
        assert!(!log.is_empty());
        for secret in &secrets {
            let line = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{secret} in a log");
        }
    }
    assert!(!failed.to_string().contains(password));
    let events = admin.list("/detections/events").await;
    assert!(!json!(events).to_string().contains(password));
}
