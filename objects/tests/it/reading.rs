//! Storing, reading, listing and deleting.

use crate::room::{BUCKET, room, status};

#[tokio::test]
async fn what_was_stored_is_read_back() {
    let room = room().await;
    room.put("faces/1/a.jpg", b"a picture").await;
    assert_eq!(room.get("faces/1/a.jpg").await.unwrap(), "a picture");
}

#[tokio::test]
async fn storing_again_replaces() {
    let room = room().await;
    room.put("a.jpg", b"a long first picture").await;
    room.put("a.jpg", b"second").await;
    assert_eq!(room.get("a.jpg").await.unwrap(), "second");
}

#[tokio::test]
async fn an_object_that_was_never_stored_is_answered_with_404() {
    assert_eq!(status(&room().await.get("nothing.jpg").await.unwrap_err()), 404);
}

#[tokio::test]
async fn a_deleted_object_is_gone() {
    let room = room().await;
    room.put("a.jpg", b"a picture").await;
    room.client.objects().delete(BUCKET, "a.jpg").send().await.unwrap();
    assert_eq!(status(&room.get("a.jpg").await.unwrap_err()), 404);
}

#[tokio::test]
async fn a_listing_holds_the_keys_below_its_prefix_in_order_page_by_page() {
    let room = room().await;
    for key in ["exports/3.csv", "exports/1.csv", "faces/1.jpg", "exports/2.csv"] {
        room.put(key, b"x").await;
    }
    let list = || room.client.objects().list_v2(BUCKET).prefix("exports/").max_keys(2);
    let first = list().send().await.unwrap();
    let next = list().continuation_token(first.next_continuation_token.unwrap()).send().await.unwrap();
    let keys: Vec<_> = first.contents.into_iter().chain(next.contents).map(|object| object.key).collect();
    assert_eq!(keys, ["exports/1.csv", "exports/2.csv", "exports/3.csv"]);
}

#[tokio::test]
async fn a_range_reads_a_part() {
    let room = room().await;
    room.put("a.jpg", b"0123456789").await;
    let part = room.client.objects().get(BUCKET, "a.jpg").range_bytes(2, 4).send().await.unwrap();
    assert_eq!(part.bytes().await.unwrap(), "234");
}

#[tokio::test]
async fn a_browser_gets_the_content_type_through_a_presigned_url() {
    let room = room().await;
    room.put("a.jpg", b"a picture").await;
    let signed = room.client.objects().presign_get(BUCKET, "a.jpg").build().unwrap();
    let answer = reqwest::get(signed.url.to_string()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert_eq!(answer.bytes().await.unwrap(), "a picture");
}
