//! Object storage against a real S3 server: uploads in parts, what they leave behind, and many objects at once.

use platform::{
    Settings,
    storage::{ObjectStore, StorageError, Stored},
};
use testkit::Bucket;

const KEY: &str = "exports/attendance/one.csv";
const MIB: usize = 1 << 20;

fn storage(bucket: &Bucket) -> ObjectStore {
    let values = bucket.settings();
    let value = |name: &str| values.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned());
    ObjectStore::new(&Settings::read(value).unwrap().storage).unwrap()
}

/// Bytes that no two parts share.
fn text(mib: usize) -> Vec<u8> {
    (0..mib * MIB / 8).flat_map(|number| format!("{number:07}\n").into_bytes()).collect()
}

async fn is_missing(storage: &ObjectStore, key: &str) -> bool {
    matches!(storage.get(key).await, Err(StorageError::NotFound))
}

#[tokio::test]
async fn an_object_written_in_pieces_of_any_size_is_what_was_written() {
    let bucket = testkit::bucket();
    let storage = storage(&bucket);
    let whole = text(12);
    let mut upload = storage.upload(KEY, "text/csv");
    for piece in whole.chunks(70_001) {
        upload.write(piece).await.unwrap();
    }
    assert!(is_missing(&storage, KEY).await, "there is no object before the upload is finished");
    assert_eq!(upload.finish().await.unwrap(), whole.len() as u64);
    assert!(storage.get(KEY).await.unwrap() == whole);
    assert_eq!(storage.open_uploads("").await.unwrap(), []);
}

#[tokio::test]
async fn a_small_object_and_an_empty_one_are_stored_whole() {
    let bucket = testkit::bucket();
    let storage = storage(&bucket);
    let mut upload = storage.upload(KEY, "text/csv");
    upload.write(b"a,b\r\n").await.unwrap();
    assert_eq!(upload.finish().await.unwrap(), 5);
    assert_eq!(storage.get(KEY).await.unwrap(), "a,b\r\n");
    assert_eq!(storage.upload("empty", "text/csv").finish().await.unwrap(), 0);
    assert_eq!(storage.get("empty").await.unwrap(), "");
}

#[tokio::test]
async fn an_aborted_or_dropped_upload_leaves_neither_object_nor_parts() {
    let bucket = testkit::bucket();
    let storage = storage(&bucket);
    for drops in [false, true] {
        let mut upload = storage.upload(KEY, "text/csv");
        upload.write(&text(11)).await.unwrap();
        assert_eq!(storage.open_uploads("exports/").await.unwrap().len(), 1);
        if drops {
            drop(upload);
        } else {
            upload.abort().await.unwrap();
        }
        testkit::eventually(std::time::Duration::from_secs(5), "the upload is gone", async || {
            storage.open_uploads("").await.unwrap().is_empty().then_some(())
        })
        .await;
        assert!(is_missing(&storage, KEY).await);
    }
}

#[tokio::test]
async fn what_a_killed_process_leaves_is_listed_by_key_and_can_be_aborted() {
    let bucket = testkit::bucket();
    let storage = storage(&bucket);
    let mut upload = storage.upload(KEY, "text/csv");
    upload.write(&text(6)).await.unwrap();
    std::mem::forget(upload);
    assert_eq!(storage.open_uploads("exports/daily/").await.unwrap(), []);
    let [open] = storage.open_uploads(KEY).await.unwrap().try_into().unwrap();
    assert_eq!(open.key, KEY);
    assert!((chrono::Utc::now() - open.initiated).num_seconds().abs() < 60, "{open:?}");
    storage.abort_upload(&open.key, &open.id).await.unwrap();
    assert_eq!(storage.open_uploads(KEY).await.unwrap(), []);
}

#[tokio::test]
async fn objects_are_listed_in_pages_below_a_prefix_and_removed_together() {
    let bucket = testkit::bucket();
    let storage = storage(&bucket);
    for key in ["snapshots/CAM-01/b.jpg", "snapshots/CAM-01/a.jpg", "snapshots/CAM-02/a.jpg", "faces/x.jpg"] {
        storage.put(key, "image/jpeg", "x".into()).await.unwrap();
    }
    let keys = |page: Vec<Stored>| page.into_iter().map(|stored| stored.key).collect::<Vec<_>>();
    let first = storage.list("snapshots/CAM-01/", None).await.unwrap();
    assert!(first.iter().all(|stored| stored.written_at.is_some()), "{first:?}");
    let first = keys(first);
    assert_eq!(first, ["snapshots/CAM-01/a.jpg", "snapshots/CAM-01/b.jpg"]);
    assert_eq!(keys(storage.list("snapshots/CAM-01/", Some(&first[0])).await.unwrap()), first[1..]);
    assert_eq!(storage.folders("snapshots/").await.unwrap(), ["snapshots/CAM-01/", "snapshots/CAM-02/"]);
    storage.delete_all(&[first, vec!["snapshots/none.jpg".to_owned()]].concat()).await.unwrap();
    assert_eq!(keys(storage.list("", None).await.unwrap()), ["faces/x.jpg", "snapshots/CAM-02/a.jpg"]);
}
