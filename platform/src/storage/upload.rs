//! An object that is written while it is still being made, in parts: what is in memory is bounded by two parts, one that is
//! filled and one that is on its way. What fits into one part is stored by one plain request. Until an upload is finished
//! there is no object, and an upload that is dropped unfinished is aborted.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use s3::types::CompletedPart;
use tokio::task::JoinHandle;

use super::{ObjectStore, StorageError};

/// Bytes of a part. S3 takes none below 5 MiB but the last, and 10,000 of them: 48 GiB.
const PART: usize = 5 << 20;
/// How long an abort waits for the part that is on its way: one that arrives behind it would stay.
const LAST_PART: Duration = Duration::from_millis(400);

/// A part on its way; its bytes come back with the answer.
type Sending = JoinHandle<Result<(CompletedPart, Bytes), StorageError>>;

/// An upload in progress.
pub struct Upload {
    store: ObjectStore,
    key: String,
    content_type: &'static str,
    /// The server's id of the upload, once there is more than one part.
    id: Option<String>,
    filling: BytesMut,
    /// The room of a part that has arrived, for the next one: made anew for each, freed parts would stay in memory beside new ones.
    spare: Option<BytesMut>,
    sending: Option<Sending>,
    sent: Vec<CompletedPart>,
    parts: u32,
    size: u64,
}

impl ObjectStore {
    /// Begins to write `key`; nothing is sent yet.
    #[must_use]
    pub fn upload(&self, key: &str, content_type: &'static str) -> Upload {
        Upload {
            store: self.clone(),
            key: key.to_owned(),
            content_type,
            id: None,
            filling: BytesMut::new(),
            spare: None,
            sending: None,
            sent: Vec::new(),
            parts: 0,
            size: 0,
        }
    }
}

impl Upload {
    /// Adds to the object; waits where a part is full and the one before it is still on its way.
    ///
    /// # Errors
    /// Storage is away; the upload is to be aborted then.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), StorageError> {
        while !bytes.is_empty() {
            let room = PART - self.filling.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.filling.extend_from_slice(now);
            bytes = later;
            if self.filling.len() == PART {
                self.send_part().await?;
            }
        }
        Ok(())
    }

    /// Makes the object out of what was written, and answers its size in bytes.
    ///
    /// # Errors
    /// Storage is away, or somebody has aborted the upload; there is no object then.
    pub async fn finish(mut self) -> Result<u64, StorageError> {
        let size = self.size + self.filling.len() as u64;
        if self.id.is_none() {
            let body = self.filling.split().freeze();
            self.store.put(&self.key, self.content_type, body).await?;
            return Ok(size);
        }
        if !self.filling.is_empty() {
            self.send_part().await?;
        }
        self.await_part().await?;
        if let Some(id) = &self.id {
            let objects = self.store.client.objects();
            let complete = objects.complete_multipart_upload(&self.store.bucket, &self.key, id);
            complete.parts(std::mem::take(&mut self.sent)).send().await?;
        }
        self.id = None;
        Ok(size)
    }

    /// Throws away what was written.
    ///
    /// # Errors
    /// Storage is away: the upload stays open there until it is cleaned up as stale.
    pub async fn abort(mut self) -> Result<(), StorageError> {
        settle(self.sending.take()).await;
        match self.id.take() {
            Some(id) => self.store.abort_upload(&self.key, &id).await,
            None => Ok(()),
        }
    }

    async fn send_part(&mut self) -> Result<(), StorageError> {
        self.await_part().await?;
        let next = self.spare.take().unwrap_or_else(|| BytesMut::with_capacity(PART));
        let body = std::mem::replace(&mut self.filling, next).freeze();
        self.size += body.len() as u64;
        let id = match &self.id {
            Some(id) => id.clone(),
            None => self.open().await?,
        };
        self.parts += 1;
        let part = Part { store: self.store.clone(), key: self.key.clone(), id, number: self.parts };
        self.sending = Some(tokio::spawn(part.send(body)));
        Ok(())
    }

    async fn open(&mut self) -> Result<String, StorageError> {
        let objects = self.store.client.objects();
        let create = objects.create_multipart_upload(&self.store.bucket, &self.key);
        let opened = create.content_type(self.content_type).send().await?;
        Ok(self.id.insert(opened.upload_id).clone())
    }

    async fn await_part(&mut self) -> Result<(), StorageError> {
        if let Some(sending) = self.sending.take() {
            let sent = sending.await.map_err(|error| StorageError::Unexpected(error.to_string()))?;
            let (part, body) = sent?;
            self.sent.push(part);
            if let Ok(mut room) = body.try_into_mut() {
                room.clear();
                self.spare = Some(room);
            }
        }
        Ok(())
    }
}

impl Drop for Upload {
    /// For a task that was aborted in the middle. Where the process dies too, the clean-up of stale uploads does it.
    fn drop(&mut self) {
        let sending = self.sending.take();
        let Some(id) = self.id.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (store, key) = (self.store.clone(), std::mem::take(&mut self.key));
        runtime.spawn(async move {
            settle(sending).await;
            if let Err(error) = store.abort_upload(&key, &id).await {
                tracing::warn!(%error, key, "an upload stays open until it is cleaned up");
            }
        });
    }
}

/// Waits until no part is on its way any more.
async fn settle(sending: Option<Sending>) {
    let Some(mut sending) = sending else { return };
    if tokio::time::timeout(LAST_PART, &mut sending).await.is_err() {
        sending.abort();
        // It ends at its next point of waiting; what it answers does not matter.
        let _ = sending.await;
    }
}

/// One part on its way.
struct Part {
    store: ObjectStore,
    key: String,
    id: String,
    number: u32,
}

impl Part {
    async fn send(self, body: Bytes) -> Result<(CompletedPart, Bytes), StorageError> {
        let objects = self.store.client.objects();
        let put = objects.upload_part(&self.store.bucket, &self.key, self.id, self.number);
        let etag = put.body_bytes(body.clone()).send().await?.etag;
        let etag = etag.ok_or_else(|| StorageError::Unexpected("a part without an ETag".to_owned()))?;
        Ok((CompletedPart { part_number: self.number, etag }, body))
    }
}
