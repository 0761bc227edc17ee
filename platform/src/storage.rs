//! Object storage: any S3 server behind one small type, so that the client crate underneath can be exchanged in this
//! file alone. One private bucket; what leaves it for a browser is a signed URL that expires.

mod batch;
mod signed;
mod upload;
mod uploads;

use std::time::Duration;

use bytes::Bytes;
use s3::{AddressingStyle, Auth, Client, Credentials, Error as S3Error};
use signed::SignedUrls;

pub use self::{batch::Stored, upload::Upload, uploads::OpenUpload};
use crate::settings::StorageSettings;

/// For one request: two tries of it, and a capture before them, fit into a frame's 30 s.
const TIMEOUT: Duration = Duration::from_secs(6);

/// What can go wrong with object storage.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// No object of that key.
    #[error("there is no such object")]
    NotFound,
    /// Storage is away, or refuses us.
    #[error("object storage is not available")]
    Unavailable(#[source] Box<S3Error>),
    /// Storage answered, and not with what was asked for; the text says with what.
    #[error("object storage answered: {0}")]
    Unexpected(String),
}

impl From<S3Error> for StorageError {
    fn from(error: S3Error) -> Self {
        match error {
            S3Error::Api { status, .. } if status.as_u16() == 404 => Self::NotFound,
            other => Self::Unavailable(Box::new(other)),
        }
    }
}

/// The bucket of this installation.
#[derive(Clone)]
pub struct ObjectStore {
    client: Client,
    /// For the one call that the client lacks: the list of open uploads.
    http: reqwest::Client,
    bucket: String,
    signed: SignedUrls,
}

impl ObjectStore {
    /// Builds the clients; nothing is sent yet.
    ///
    /// # Errors
    /// An endpoint or key that cannot be used at all.
    pub fn new(settings: &StorageSettings) -> Result<Self, StorageError> {
        let public = client(settings, &settings.public_endpoint)?;
        Ok(Self {
            client: client(settings, &settings.endpoint)?,
            http: uploads::http()?,
            bucket: settings.bucket.clone(),
            signed: SignedUrls::new(public, settings.bucket.clone()),
        })
    }

    /// Makes the bucket where it is missing.
    ///
    /// # Errors
    /// Storage is away, or the key may not make buckets.
    pub async fn ensure_bucket(&self) -> Result<(), StorageError> {
        match self.client.buckets().head(&self.bucket).send().await.map_err(StorageError::from) {
            Ok(_) => Ok(()),
            Err(StorageError::NotFound) => {
                Ok(self.client.buckets().create(&self.bucket).send().await.map(drop)?)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether storage answers for our bucket.
    ///
    /// # Errors
    /// It does not.
    pub async fn probe(&self) -> Result<(), StorageError> {
        Ok(self.client.buckets().head(&self.bucket).send().await.map(drop)?)
    }

    /// Stores `body` under `key`, replacing what was there.
    ///
    /// # Errors
    /// Storage is away.
    pub async fn put(&self, key: &str, content_type: &str, body: Bytes) -> Result<(), StorageError> {
        let request = self.client.objects().put(&self.bucket, key).content_type(content_type);
        Ok(request.body_bytes(body).send().await.map(drop)?)
    }

    /// Reads a whole object.
    ///
    /// # Errors
    /// It is not there, or storage is away.
    pub async fn get(&self, key: &str) -> Result<Bytes, StorageError> {
        Ok(self.client.objects().get(&self.bucket, key).send().await?.bytes().await?)
    }

    /// Removes an object; one that is not there is no error.
    ///
    /// # Errors
    /// Storage is away.
    pub async fn delete(&self, key: &str) -> Result<(), StorageError> {
        match self.client.objects().delete(&self.bucket, key).send().await.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A URL under which a browser can read `key` for `life`. The same string comes back until half of its life is
    /// over, so that lists which carry it can be answered with 304.
    ///
    /// # Errors
    /// A key that cannot be signed.
    pub fn signed_url(&self, key: &str, life: Duration) -> Result<String, StorageError> {
        self.signed.get(key, life, None)
    }

    /// The same for a file that a browser shall save under `name`, which is plain ASCII without quotes.
    ///
    /// # Errors
    /// As [`ObjectStore::signed_url`].
    pub fn signed_download(&self, key: &str, life: Duration, name: &str) -> Result<String, StorageError> {
        self.signed.get(key, life, Some(name))
    }
}

fn client(settings: &StorageSettings, endpoint: &str) -> Result<Client, StorageError> {
    let credentials = Credentials::new(&settings.access_key, settings.secret_key.expose())?;
    Ok(Client::builder(endpoint)?
        .region(&settings.region)
        .auth(Auth::Static(credentials))
        .addressing_style(AddressingStyle::Path)
        .timeout(TIMEOUT)
        .max_attempts(2)
        .build()?)
}
