//! Uploads in parts, as a long export makes them.

use bytes::Bytes;

use crate::room::{BUCKET, room, status};

const PART: usize = 5 << 20;

#[tokio::test]
async fn parts_that_arrive_out_of_order_are_joined_in_order() {
    let room = room().await;
    let objects = room.client.objects();
    let upload =
        objects.create_multipart_upload(BUCKET, "long.csv").content_type("text/csv").send().await.unwrap();
    let part = async |number: u32, body: Bytes| {
        let request = objects.upload_part(BUCKET, "long.csv", upload.upload_id.clone(), number);
        request.body_bytes(body).send().await.unwrap().etag.unwrap()
    };
    let last = part(2, Bytes::from_static(b"the end")).await;
    let first = part(1, vec![b'.'; PART].into()).await;
    let complete = objects.complete_multipart_upload(BUCKET, "long.csv", upload.upload_id.clone());
    complete.part(1, first).part(2, last).send().await.unwrap();

    let body = room.get("long.csv").await.unwrap();
    assert_eq!((body.len(), &body[PART..]), (PART + 7, b"the end".as_slice()));
}

#[tokio::test]
async fn an_aborted_upload_leaves_no_object() {
    let room = room().await;
    let objects = room.client.objects();
    let upload = objects.create_multipart_upload(BUCKET, "long.csv").send().await.unwrap();
    let part = objects.upload_part(BUCKET, "long.csv", upload.upload_id.clone(), 1);
    part.body_bytes("beginning").send().await.unwrap();
    objects.abort_multipart_upload(BUCKET, "long.csv", upload.upload_id).send().await.unwrap();
    assert_eq!(status(&room.get("long.csv").await.unwrap_err()), 404);
}
