//! A server on a free port over a folder that goes with it, and a client that may use it.

use std::net::{Ipv4Addr, SocketAddr};

use s3::{AddressingStyle, Auth, Client, Credentials, Error};

pub const BUCKET: &str = "pictures";
const ACCESS_KEY: &str = "key";
const SECRET_KEY: &str = "secret";

pub struct Room {
    pub server: objects::Server,
    pub client: Client,
    _folder: tempfile::TempDir,
}

/// A server with one empty bucket.
pub async fn room() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = objects::serve(folder.path(), anywhere, ACCESS_KEY, SECRET_KEY).await.unwrap();
    let client = client(server.address(), ACCESS_KEY, SECRET_KEY);
    client.buckets().create(BUCKET).send().await.unwrap();
    Room { server, client, _folder: folder }
}

pub fn client(address: SocketAddr, access_key: &str, secret_key: &str) -> Client {
    Client::builder(format!("http://{address}"))
        .unwrap()
        .region("us-east-1")
        .auth(Auth::Static(Credentials::new(access_key, secret_key).unwrap()))
        .addressing_style(AddressingStyle::Path)
        .max_attempts(1)
        .build()
        .unwrap()
}

impl Room {
    /// A client of this server with other credentials.
    pub fn stranger(&self, access_key: &str, secret_key: &str) -> Client {
        client(self.server.address(), access_key, secret_key)
    }

    pub async fn put(&self, key: &str, body: &'static [u8]) {
        let request = self.client.objects().put(BUCKET, key).content_type("image/jpeg");
        request.body_bytes(body).send().await.unwrap();
    }

    pub async fn get(&self, key: &str) -> Result<bytes::Bytes, Error> {
        self.client.objects().get(BUCKET, key).send().await?.bytes().await
    }
}

/// The HTTP status that the server refused with.
pub fn status(error: &Error) -> u16 {
    match error {
        Error::Api { status, .. } => status.as_u16(),
        other => panic!("not an answer of the server: {other}"),
    }
}
