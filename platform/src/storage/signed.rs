//! Signed URLs, remembered until half of their life is over. Two generations of entries bound the memory: when the
//! young one is full it becomes the old one, and what is still asked for moves back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use s3::Client;

use super::StorageError;

/// Entries of one generation; two of them with URLs of 400 bytes stay below 10 MB.
const GENERATION: usize = 10_000;

type Entries = HashMap<(String, Duration), (Instant, String)>;

#[derive(Default)]
struct Generations {
    young: Entries,
    old: Entries,
}

#[derive(Clone)]
pub(super) struct SignedUrls {
    client: Client,
    bucket: String,
    known: Arc<Mutex<Generations>>,
}

impl SignedUrls {
    pub(super) fn new(client: Client, bucket: String) -> Self {
        Self { client, bucket, known: Arc::default() }
    }

    /// `save_as` is the name that a browser saves the file under; a key is always saved under the same one.
    pub(super) fn get(
        &self,
        key: &str,
        life: Duration,
        save_as: Option<&str>,
    ) -> Result<String, StorageError> {
        let entry = (key.to_owned(), life);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(url) = known.find(&entry) {
            return Ok(url);
        }
        let mut request = self.client.objects().presign_get(&self.bucket, key).expires_in(life);
        if let Some(name) = save_as {
            let disposition = format!("attachment; filename=\"{name}\"");
            request = request.query_param("response-content-disposition", disposition);
        }
        let url = request.build()?.url.to_string();
        known.keep(entry, (Instant::now(), url.clone()));
        Ok(url)
    }
}

impl Generations {
    fn find(&mut self, entry: &(String, Duration)) -> Option<String> {
        let young = |signed: &Instant| signed.elapsed() < entry.1 / 2;
        if let Some((signed, url)) = self.young.get(entry) {
            return young(signed).then(|| url.clone());
        }
        let (signed, url) = self.old.remove(entry).filter(|(signed, _)| young(signed))?;
        self.keep(entry.clone(), (signed, url.clone()));
        Some(url)
    }

    fn keep(&mut self, entry: (String, Duration), value: (Instant, String)) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(entry, value);
    }
}
