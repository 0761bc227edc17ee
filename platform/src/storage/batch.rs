//! Many objects at once: a page of a listing, and a deletion in one request. What tidies up works through a prefix page by
//! page, so that nothing grows with the bucket.

use chrono::{DateTime, Utc};

use super::{ObjectStore, StorageError};

/// Keys of one page or one deletion: S3 takes no more.
const PAGE: u32 = 1_000;

/// An object as a listing tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its key.
    pub key: String,
    /// When it was written; nothing where the server does not say so.
    pub written_at: Option<DateTime<Utc>>,
}

impl ObjectStore {
    /// Up to 1,000 objects whose keys begin with `prefix`, in the order of their keys, behind the key `after`.
    ///
    /// # Errors
    /// Storage is away.
    pub async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Vec<Stored>, StorageError> {
        let mut list = self.client.objects().list_v2(&self.bucket).prefix(prefix).max_keys(PAGE);
        if let Some(after) = after {
            list = list.start_after(after);
        }
        let stored = |object: s3::types::Object| Stored {
            written_at: object.last_modified.as_deref().and_then(|text| text.parse().ok()),
            key: object.key,
        };
        Ok(list.send().await?.contents.into_iter().map(stored).collect())
    }

    /// The folders right below `prefix`, which ends in a slash; each does, too.
    ///
    /// # Errors
    /// Storage is away.
    pub async fn folders(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let list = self.client.objects().list_v2(&self.bucket).prefix(prefix).delimiter("/");
        let (mut pages, mut all) = (list.pager(), Vec::new());
        while let Some(page) = pages.next_page().await? {
            all.extend(page.common_prefixes);
        }
        Ok(all)
    }

    /// Removes objects; those that are not there are no error.
    ///
    /// # Errors
    /// Storage is away, or keeps one of them; the others are gone then.
    pub async fn delete_all(&self, keys: &[String]) -> Result<(), StorageError> {
        for chunk in keys.chunks(PAGE as usize) {
            let delete = self.client.objects().delete_objects(&self.bucket).quiet(true);
            let kept = delete.objects(chunk.iter().cloned()).send().await?.errors;
            if let Some(first) = kept.into_iter().next() {
                return Err(StorageError::Unexpected(format!("{first:?}")));
            }
        }
        Ok(())
    }
}
