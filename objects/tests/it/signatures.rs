//! Requests that are not signed with the one key pair are refused, whatever they ask for.

use std::time::Duration;

use crate::room::{BUCKET, Room, room, status};

async fn room_with_picture() -> Room {
    let room = room().await;
    room.put("a.jpg", b"a picture").await;
    room
}

fn signed(room: &Room, life: Duration) -> String {
    room.client.objects().presign_get(BUCKET, "a.jpg").expires_in(life).build().unwrap().url.to_string()
}

async fn status_of(url: &str) -> u16 {
    reqwest::get(url).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_wrong_secret_is_refused() {
    let room = room_with_picture().await;
    let stranger = room.stranger("key", "another secret");
    let refused = stranger.objects().get(BUCKET, "a.jpg").send().await.unwrap_err();
    assert_eq!(status(&refused), 403);
}

#[tokio::test]
async fn an_unknown_access_key_is_refused() {
    let room = room_with_picture().await;
    let stranger = room.stranger("another key", "secret");
    let refused = stranger.objects().put(BUCKET, "b.jpg").body_bytes("x").send().await.unwrap_err();
    assert_eq!(status(&refused), 403);
}

#[tokio::test]
async fn an_unsigned_request_is_refused() {
    let room = room_with_picture().await;
    let url = format!("http://{}/{BUCKET}/a.jpg", room.server.address());
    assert_eq!(status_of(&url).await, 403);
    let put = reqwest::Client::new().put(&url).body("another picture").send().await.unwrap();
    assert_eq!(put.status(), 403);
    assert_eq!(room.get("a.jpg").await.unwrap(), "a picture");
}

#[tokio::test]
async fn a_presigned_url_for_one_object_does_not_open_another() {
    let room = room_with_picture().await;
    room.put("b.jpg", b"another picture").await;
    let url = signed(&room, Duration::from_secs(60));
    assert_eq!(status_of(&url).await, 200);
    assert_eq!(status_of(&url.replace("a.jpg", "b.jpg")).await, 403);
}

#[tokio::test]
async fn a_presigned_url_expires() {
    let room = room_with_picture().await;
    let url = signed(&room, Duration::from_secs(1));
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(status_of(&url).await, 403);
}

#[tokio::test]
async fn the_life_of_a_presigned_url_cannot_be_lengthened() {
    let room = room_with_picture().await;
    let url = signed(&room, Duration::from_secs(60));
    assert!(url.contains("X-Amz-Expires=60"));
    assert_eq!(status_of(&url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")).await, 403);
}
