//! A bucket of one test's own, in an S3 server that all tests of this process share.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::LazyLock;

/// Where the test's objects go, as api and worker want to be told.
#[derive(Debug)]
pub struct Bucket {
    /// `S3_ENDPOINT`, without a slash at its end.
    pub endpoint: String,
    /// `S3_ACCESS_KEY`.
    pub access_key: &'static str,
    /// `S3_SECRET_KEY`.
    pub secret_key: &'static str,
    /// `S3_REGION`.
    pub region: &'static str,
    /// `S3_BUCKET`: the bucket's name; it exists, and is empty.
    pub name: String,
    folder: PathBuf,
}

const ACCESS_KEY: &str = "test-access-key";
const SECRET_KEY: &str = "test-secret-key";

struct Shared {
    address: SocketAddr,
    folder: tempfile::TempDir,
}

static SERVER: LazyLock<Shared> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let (tell, told) = std::sync::mpsc::channel();
    // A runtime of its own: the one of the test that happens to ask first ends with that test.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let server = objects::serve(&root, anywhere, ACCESS_KEY, SECRET_KEY).await.unwrap();
            tell.send(server.address()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    Shared { address: told.recv().expect("the S3 server starts"), folder }
});

/// An empty bucket behind a real S3 server that checks signatures.
#[must_use]
pub fn bucket() -> Bucket {
    let name = format!("test-{}", uuid::Uuid::new_v4().simple());
    let folder = SERVER.folder.path().join(&name);
    std::fs::create_dir(&folder).unwrap();
    Bucket {
        endpoint: format!("http://{}", SERVER.address),
        access_key: ACCESS_KEY,
        secret_key: SECRET_KEY,
        region: "us-east-1",
        name,
        folder,
    }
}

impl Bucket {
    /// The folder in which the bucket's objects lie as files, for looking without signing.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// The settings of api and worker that lead to this bucket.
    #[must_use]
    pub fn settings(&self) -> [(&'static str, &str); 6] {
        [
            ("S3_ENDPOINT", &self.endpoint),
            ("S3_PUBLIC_ENDPOINT", &self.endpoint),
            ("S3_REGION", self.region),
            ("S3_ACCESS_KEY", self.access_key),
            ("S3_SECRET_KEY", self.secret_key),
            ("S3_BUCKET", &self.name),
        ]
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
