//! The Redis that is measured: a private one with its append-only file synced every second, or the one of `REDIS_URL`.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A server; a private one ends with it.
pub(crate) struct Server {
    pub(crate) url: String,
    _private: Option<(Child, TempDir)>,
}

impl Server {
    pub(crate) fn find_or_start() -> Self {
        match std::env::var("REDIS_URL") {
            Ok(url) => Self { url, _private: None },
            Err(_) => Self::start(),
        }
    }

    /// The shell's pipe ends with this process, and the server with it. A rewrite of the append-only file in the middle
    /// of a run would measure the rewrite: the file only grows.
    fn start() -> Self {
        let directory = TempDir::new().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let command = format!(
            "redis-server --port {port} --bind 127.0.0.1 --save '' --appendonly yes --appendfsync everysec \
             --auto-aof-rewrite-percentage 0 --dir {} >/dev/null & pid=$!; cat >/dev/null; kill -9 $pid",
            directory.path().display()
        );
        let child = Command::new("sh").args(["-c", &command]).stdin(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(500));
        Self { url: format!("redis://127.0.0.1:{port}"), _private: Some((child, directory)) }
    }
}
