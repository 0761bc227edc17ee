//! The WebSocket: who may connect and see what, how it ends, and that a slow browser harms only itself.

use std::time::Duration;

use platform::events::{Channel, Event};
use serde_json::{Value, json, value::RawValue};
use testkit::{Instance, eventually, instance::Server, websocket};
use tokio_tungstenite::tungstenite::{
    Error, client::IntoClientRequest as _, protocol::frame::coding::CloseCode,
};
use uuid::Uuid;

use crate::support::{ADMIN, Api, OPERATOR, User, VIEWER};

fn event(channel: Channel, camera: Option<&str>, user: Option<Uuid>, message: &Value) -> Event {
    Event {
        channel,
        camera_id: camera.map(str::to_owned),
        user_id: user,
        message: RawValue::from_string(message.to_string()).unwrap(),
    }
}

fn detection(camera: &str, number: u32) -> Event {
    let message = json!({ "type": "detection", "channel": "detections", "cameraId": camera, "detection": { "n": number } });
    event(Channel::Detections, Some(camera), None, &message)
}

pub async fn subscribed(api: &Api, user: &User, request: Value) -> websocket::Client {
    let mut socket = api.socket(&user.token).await;
    socket.send(&request).await;
    assert_eq!(socket.next().await["type"], "subscribed");
    // The replica's own subscription to Redis may be a moment younger than the browser's to us.
    eventually(Duration::from_secs(5), "Redis has the replica's subscription", async || {
        let channel = format!("{}:events", api.settings.redis_prefix);
        let redis = platform::redis::connect(&api.settings).unwrap();
        let answer: (String, u32) =
            redis.call(redis::cmd("PUBSUB").arg("NUMSUB").arg(&channel)).await.unwrap();
        (answer.1 > 0).then_some(())
    })
    .await;
    socket
}

async fn refusal(
    request: impl tokio_tungstenite::tungstenite::client::IntoClientRequest + Unpin,
) -> (u16, Value) {
    let Err(Error::Http(response)) = tokio_tungstenite::connect_async(request).await else {
        panic!("not refused")
    };
    (response.status().as_u16(), serde_json::from_slice(response.body().as_ref().unwrap()).unwrap())
}

#[tokio::test]
async fn a_bad_missing_or_expired_token_is_refused_before_the_upgrade() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let expired = api.short_token(&user, VIEWER, Duration::from_secs(1)).await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    for (query, code) in [
        (String::new(), "UNAUTHENTICATED"),
        ("?token=x".to_owned(), "UNAUTHENTICATED"),
        (format!("?token={expired}"), "TOKEN_EXPIRED"),
    ] {
        let (status, body) = refusal(format!("ws://{}/ws{query}", api.address)).await;
        assert_eq!((status, body["error"]["code"].as_str()), (401, Some(code)), "{body}");
        assert!(body["requestId"].is_string());
    }
}

#[tokio::test]
async fn an_origin_must_be_an_allowed_one() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let with = |origin: &'static str| {
        let mut request =
            format!("ws://{}/ws?token={}", api.address, user.token).into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        request
    };
    assert_eq!(refusal(with("https://evil.example")).await.0, 403);
    assert!(tokio_tungstenite::connect_async(with("http://localhost:5173")).await.is_ok());
}

#[tokio::test]
async fn a_subscriber_gets_the_messages_of_its_camera_in_order_and_no_others() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let request = json!({ "action": "subscribe", "channel": "detections", "cameraId": "CAM-01" });
    let mut socket = subscribed(&api, &user, request).await;
    for (camera, number) in [("CAM-01", 1), ("CAM-02", 2), ("CAM-01", 3)] {
        api.publish(&detection(camera, number)).await;
    }
    let numbers = [socket.next().await, socket.next().await].map(|message| message["detection"]["n"].clone());
    assert_eq!(numbers, [json!(1), json!(3)]);

    socket.send(&json!({ "action": "unsubscribe", "channel": "detections", "cameraId": "CAM-01" })).await;
    assert_eq!(socket.next().await["type"], "unsubscribed");
    api.publish(&detection("CAM-01", 4)).await;
    assert!(socket.silent_for(Duration::from_millis(300)).await);
}

#[tokio::test]
async fn anything_but_the_protocol_is_answered_with_an_error_and_the_connection_stays() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let mut socket = api.socket(&user.token).await;
    for nonsense in
        [json!(1), json!({ "action": "explode" }), json!({ "action": "subscribe", "channel": "x" })]
    {
        socket.send(&nonsense).await;
        let answer = socket.next().await;
        assert_eq!(answer["type"], "error", "{answer}");
        assert!(answer["code"].is_string() && answer["message"].is_string());
    }
    socket.send(&json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong" }));
}

#[tokio::test]
async fn channels_need_their_permission_and_fifty_subscriptions_are_the_most() {
    let api = Api::start().await;
    let (viewer, nobody) = (api.user(VIEWER).await, api.user(OPERATOR).await);
    let mut socket = api.socket(&viewer.token).await;
    for number in 0..50 {
        socket.send(&json!({ "action": "subscribe", "channel": "detections", "cameraId": format!("CAM-{number:02}") })).await;
        assert_eq!(socket.next().await["type"], "subscribed");
    }
    socket.send(&json!({ "action": "subscribe", "channel": "alerts" })).await;
    assert_eq!(socket.next().await["type"], "error");

    let strict = TokenWithout::sign(&api, &nobody).await;
    let mut socket = api.socket(&strict).await;
    for channel in ["detections", "camera-status", "alerts"] {
        socket.send(&json!({ "action": "subscribe", "channel": channel })).await;
        assert_eq!(socket.next().await["code"], "FORBIDDEN", "{channel}");
    }
}

/// A token of a user whose role grants nothing.
struct TokenWithout;

impl TokenWithout {
    async fn sign(api: &Api, user: &User) -> String {
        let row = entity::user::find_living(&api.database.connection, user.id).await.unwrap().unwrap();
        let keys = api::auth::TokenKeys::new(&api.settings.keys, Duration::from_secs(60));
        keys.sign(&row, &[], user.sid).unwrap()
    }
}

#[tokio::test]
async fn notifications_and_jobs_reach_only_those_they_are_for() {
    let api = Api::start().await;
    let (one, two, admin) = (api.user(VIEWER).await, api.user(VIEWER).await, api.user(ADMIN).await);
    let mut sockets = Vec::new();
    for user in [&one, &two, &admin] {
        let mut socket =
            subscribed(&api, user, json!({ "action": "subscribe", "channel": "notifications" })).await;
        socket.send(&json!({ "action": "subscribe", "channel": "jobs" })).await;
        assert_eq!(socket.next().await["type"], "subscribed");
        sockets.push(socket);
    }
    api.publish(&event(Channel::Jobs, None, Some(one.id), &json!({ "n": "job" }))).await;
    api.publish(&event(Channel::Notifications, None, Some(two.id), &json!({ "n": "own" }))).await;
    api.publish(&event(Channel::Notifications, None, None, &json!({ "n": "all" }))).await;
    let expected: [&[&str]; 3] = [&["job", "all"], &["own", "all"], &["job", "all"]];
    for (socket, expected) in sockets.iter_mut().zip(expected) {
        for wanted in expected {
            assert_eq!(socket.next().await["n"], *wanted);
        }
        assert!(socket.silent_for(Duration::from_millis(200)).await);
    }
}

#[tokio::test]
async fn an_expiring_token_closes_with_4401_and_a_suspended_user_with_4403() {
    let api = Api::start().await;
    let (short, suspended) = (api.user(VIEWER).await, api.user(VIEWER).await);
    let token = api.short_token(&short, VIEWER, Duration::from_secs(2)).await;
    let (mut first, mut second) = (api.socket(&token).await, api.socket(&suspended.token).await);
    api.suspend(&suspended).await;
    let began = std::time::Instant::now();
    assert_eq!(second.closed().await.unwrap().code, CloseCode::from(4403));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(first.closed().await.unwrap().code, CloseCode::from(4401));
}

#[tokio::test]
async fn the_end_of_the_server_is_told_with_a_close_frame() {
    let mut api = Api::start().await;
    let user = api.user(VIEWER).await;
    let mut socket = api.socket(&user.token).await;
    socket.send(&json!({ "type": "ping" })).await;
    socket.next().await;
    let (frame, ()) = tokio::join!(socket.closed(), api.stop());
    assert_eq!(frame.unwrap().code, CloseCode::Away);
}

#[tokio::test]
async fn a_browser_that_does_not_read_loses_the_oldest_and_another_loses_nothing() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let request = json!({ "action": "subscribe", "channel": "detections" });
    let mut slow = subscribed(&api, &user, request.clone()).await;
    let mut quick = subscribed(&api, &user, request).await;
    let (count, filler) = (600, "x".repeat(40_000));
    let publishing = async {
        for number in 0..count {
            let message = json!({ "detection": { "n": number }, "filler": filler });
            api.publish(&event(Channel::Detections, Some("CAM-01"), None, &message)).await;
        }
    };
    let reading = async {
        for number in 0..count {
            assert_eq!(quick.next().await["detection"]["n"], number);
        }
    };
    tokio::join!(publishing, reading);
    let (mut seen, mut dropped) = (0, 0);
    while seen + dropped < count {
        let message = slow.next().await;
        match message["type"].as_str() {
            Some("lagged") => dropped += message["dropped"].as_u64().unwrap(),
            _ => seen += 1,
        }
    }
    assert!(dropped > 0 && seen + dropped == count, "{seen} seen, {dropped} dropped");
}

#[tokio::test]
async fn after_a_restart_of_redis_messages_arrive_again() {
    let instance = Instance::start();
    let api = Api::with(&[("REDIS_URL", instance.redis_url())]).await;
    let user = api.user(VIEWER).await;
    let request = json!({ "action": "subscribe", "channel": "detections" });
    let mut socket = subscribed(&api, &user, request).await;
    instance.restart(Server::Redis);
    let arrives = async {
        loop {
            api.publish(&detection("CAM-01", 1)).await;
            if !socket.silent_for(Duration::from_millis(200)).await {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), arrives).await.expect("a message arrives");
}

#[tokio::test]
async fn a_message_beyond_64_kb_ends_the_connection() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let mut socket = api.socket(&user.token).await;
    socket.send(&json!({ "type": "ping", "filler": "x".repeat(70_000) })).await;
    let frame = socket.closed().await;
    assert!(frame.is_none_or(|frame| frame.code == CloseCode::Size));
}
