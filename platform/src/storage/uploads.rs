//! Uploads in parts that were begun and never ended, as a killed process leaves them: they cost room and are seen by nobody.
//! The client has no call for their list, so it is asked for with a signed URL.
//!
//! Some servers (MinIO among them) list uploads by whole keys only and clean up stale ones by themselves; there a list of
//! the whole bucket is empty, and nothing is missing.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{ObjectStore, StorageError, TIMEOUT};

/// How long the list's own signed URL holds.
const SIGNED_FOR: Duration = Duration::from_secs(60);

/// An upload that was begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OpenUpload {
    /// The object that it would become.
    #[serde(rename = "Key")]
    pub key: String,
    /// The server's id of it.
    #[serde(rename = "UploadId")]
    pub id: String,
    /// When it was begun.
    #[serde(rename = "Initiated")]
    pub initiated: DateTime<Utc>,
}

/// `ListMultipartUploadsResult`, as far as it is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Listing {
    #[serde(rename = "Upload")]
    uploads: Vec<OpenUpload>,
    is_truncated: bool,
    next_key_marker: Option<String>,
    next_upload_id_marker: Option<String>,
}

impl ObjectStore {
    /// The open uploads of keys that begin with `prefix`.
    ///
    /// # Errors
    /// Storage is away, or does not know the call.
    pub async fn open_uploads(&self, prefix: &str) -> Result<Vec<OpenUpload>, StorageError> {
        let (mut all, mut markers) = (Vec::new(), Vec::new());
        loop {
            let page = self.list_uploads(prefix, markers).await?;
            all.extend(page.uploads);
            let (Some(key), true) = (page.next_key_marker, page.is_truncated) else { return Ok(all) };
            markers = vec![("key-marker", key)];
            markers.extend(page.next_upload_id_marker.map(|id| ("upload-id-marker", id)));
        }
    }

    /// Aborts an open upload; one that has ended is no error.
    ///
    /// # Errors
    /// Storage is away.
    pub async fn abort_upload(&self, key: &str, id: &str) -> Result<(), StorageError> {
        let abort = self.client.objects().abort_multipart_upload(&self.bucket, key, id);
        match abort.send().await.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn list_uploads(
        &self,
        prefix: &str,
        markers: Vec<(&'static str, String)>,
    ) -> Result<Listing, StorageError> {
        let list = self.client.objects().presign_get(&self.bucket, "").expires_in(SIGNED_FOR);
        let list = list.query_param("uploads", "").query_param("prefix", prefix);
        let signed = markers.into_iter().fold(list, |list, (name, value)| list.query_param(name, value));
        let url = signed.build()?.url.to_string();
        let answer = async {
            let answer = self.http.get(url).send().await?.error_for_status()?;
            answer.text().await
        };
        let text = answer.await.map_err(|error| StorageError::Unexpected(error.without_url().to_string()))?;
        quick_xml::de::from_str(&text).map_err(|error| StorageError::Unexpected(error.to_string()))
    }
}

/// The client that asks for lists.
pub(super) fn http() -> Result<reqwest::Client, StorageError> {
    let built = reqwest::Client::builder().timeout(TIMEOUT).build();
    built.map_err(|error| StorageError::Unexpected(error.to_string()))
}
