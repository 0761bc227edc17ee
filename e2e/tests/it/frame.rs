//! One frame of a real RTSP stream, looked at by the real recogniser, as its user sees it.

use std::time::Duration;

use e2e::recogniser::Recogniser;
use e2e::{Client, Stage, cameras};
use entity::alert;
use serde_json::Value;
use testkit::provider::Answer;

/// People walk in and out of the picture: so many frames are asked for before somebody counts as missing.
const FRAMES: usize = 20;

/// Asks for frames until one has led to what is wanted, and returns that job.
async fn frame_with(client: &Client, camera: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..FRAMES {
        let id = client.send_frame(camera).await;
        let job = client.done(&id, Duration::from_secs(30)).await;
        if wanted(&job["result"]) {
            return job;
        }
    }
    panic!("{FRAMES} frames of {camera} did not show it");
}

/// A detection with its thumbnail's address, but not with that address's signature, which is made anew by whoever signs.
fn unsigned(detection: &Value) -> Value {
    let mut detection = detection.clone();
    let thumbnail = detection["thumbnail"].as_str().unwrap().split('?').next().unwrap().to_owned();
    detection["thumbnail"] = thumbnail.into();
    detection
}

async fn assert_is_a_jpeg(url: &str) {
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"image/jpeg".parse().unwrap())
    );
    assert!(answer.bytes().await.unwrap().starts_with(&[0xFF, 0xD8, 0xFF]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_employee_before_an_rtsp_camera_arrives_as_message_detection_attendance_event_and_result() {
    let stage = Stage::set(Answer::nobody()).await;
    let admin = stage.sign_in().await;
    let recogniser = Recogniser::start(&stage, &admin).await;
    let worker = stage.worker().await;
    let camera = admin.camera(&cameras::rtsp("entrance")).await;
    let mut socket = stage.socket(&admin, &["detections"]).await;

    let job = frame_with(&admin, &camera, |result| result["authorized"][0].is_string()).await;
    let person = &job["result"]["authorized"][0];
    assert_eq!((&job["type"], &job["attempts"][0]["error"]), (&"send_frame".into(), &Value::Null));
    assert!(worker.made(&job["attempts"][0]));

    let message = socket.next_where(|message| message["detection"]["personId"] == *person).await;
    assert_eq!((&message["type"], &message["cameraId"]), (&"detection".into(), &camera.as_str().into()));
    let heard = &message["detection"];
    assert_eq!(heard["status"], "authorized");
    let live = admin.list(&format!("/detections/live?cameraId={camera}")).await;
    let listed = live.iter().find(|detection| detection["id"] == heard["id"]).unwrap();
    assert_eq!(unsigned(listed), unsigned(heard));
    assert_is_a_jpeg(listed["thumbnail"].as_str().unwrap()).await;
    assert_is_a_jpeg(heard["thumbnail"].as_str().unwrap()).await;

    let logs = admin.list(&format!("/attendance/logs?search={}", person.as_str().unwrap())).await;
    let [log] = logs.as_slice() else { panic!("not one day of one person: {logs:?}") };
    let facts = ["name", "cameraId", "status", "source", "accuracy"].map(|field| log[field].clone());
    let expected =
        [&heard["name"], &heard["cameraId"], &"present".into(), &"camera".into(), &heard["confidence"]];
    assert_eq!(facts, expected.map(Clone::clone));

    let events = admin.list(&format!("/detections/events?status=received&cameraId={camera}")).await;
    let event = events.iter().find(|event| event["jobId"] == job["id"]).unwrap();
    let faces = event["payload"]["detections"].as_array().unwrap();
    assert!(
        faces.iter().any(|face| face["personId"] == *person),
        "what {} answered: {event}",
        recogniser.program.url
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_before_an_rtsp_camera_is_unknown_and_raises_one_alert() {
    let stage = Stage::set(Answer::nobody()).await;
    let admin = stage.sign_in().await;
    let _recogniser = Recogniser::start(&stage, &admin).await;
    let _worker = stage.worker().await;
    let camera = admin.camera(&cameras::rtsp("lobby")).await;
    let mut socket = stage.socket(&admin, &["alerts"]).await;

    for _ in 0..2 {
        let job = frame_with(&admin, &camera, |result| result["unknown"].as_u64() > Some(0)).await;
        assert_eq!(job["result"]["authorized"], Value::Array(Vec::new()));
    }
    let message = socket.next_where(|message| message["type"] == "alert").await;
    let alert = &message["alert"];
    assert_eq!((&alert["kind"], &alert["cameraId"]), (&"unknown_face".into(), &camera.as_str().into()));
    assert!(socket.silent_for(Duration::from_millis(200)).await, "one alert for both frames");
    assert_eq!(stage.all::<alert::Entity>().await.len(), 1);

    for detection in admin.list("/detections/live").await {
        assert_eq!((&detection["status"], &detection["personId"]), (&"unknown".into(), &Value::Null));
    }
    assert!(admin.list("/attendance/logs").await.is_empty());
}
