//! Redis servers for tests: the one of `TEST_REDIS_URL` or, without it, one per test run; and servers of their own
//! for tests that stop them. Each private server dies with the process that started it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::clock::Clock;

/// The server that tests share.
pub fn shared_url() -> String {
    static OWN: OnceLock<RedisServer> = OnceLock::new();
    std::env::var("TEST_REDIS_URL").unwrap_or_else(|_| OWN.get_or_init(RedisServer::start).url())
}

/// A private server, with AOF on: it can be stopped and started again without losing what it answered.
pub struct RedisServer {
    port: u16,
    directory: TempDir,
    guard: Option<Child>,
    clock: Option<Clock>,
}

impl RedisServer {
    pub fn start() -> Self {
        Self::start_by(None)
    }

    /// A server whose wall clock is the test's.
    pub fn with_clock() -> Self {
        Self::start_by(Some(Clock::new()))
    }

    /// The clock of [`RedisServer::with_clock`].
    pub fn clock(&self) -> &Clock {
        self.clock.as_ref().unwrap()
    }

    fn start_by(clock: Option<Clock>) -> Self {
        let port = free_port();
        let directory = tempfile::tempdir().unwrap();
        let mut server = Self { port, directory, guard: None, clock };
        server.resume(&[]);
        server
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts the server again on the same data. The shell's pipe ends with this process, and the server with it.
    pub fn resume(&mut self, settings: &[&str]) {
        let command = format!(
            "redis-server --port {} --bind 127.0.0.1 --save '' --appendonly yes --dir {} {} >/dev/null & \
             pid=$!; cat >/dev/null; kill -9 $pid",
            self.port,
            self.directory.path().display(),
            settings.join(" "),
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).stdin(Stdio::piped());
        shell.envs(self.clock.iter().flat_map(Clock::environment));
        self.guard = Some(shell.spawn().unwrap());
        self.wait_until_it_answers();
    }

    /// Ends the server at once, as a crash does.
    pub fn kill(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            drop(guard.stdin.take());
            guard.wait().unwrap();
        }
    }

    fn wait_until_it_answers(&self) {
        let client = redis::Client::open(self.url()).unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let answered = client
                .get_connection_with_timeout(Duration::from_millis(200))
                .and_then(|mut connection| redis::cmd("PING").query::<String>(&mut connection));
            if answered.is_ok() {
                return;
            }
            assert!(Instant::now() < deadline, "redis-server did not start");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port below those that outgoing connections take, so that it is still free when the server comes back to it.
fn free_port() -> u16 {
    let draw = || {
        let [high, low, ..] = uuid::Uuid::new_v4().into_bytes();
        20_000 + u16::from_be_bytes([high, low]) % 12_000
    };
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    std::iter::repeat_with(draw).find(is_free).unwrap()
}
