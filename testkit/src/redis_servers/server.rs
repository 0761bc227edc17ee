//! One `redis-server` process, as a server or as a sentinel.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use redis::{Client, Cmd, FromRedisValue, RedisResult};

/// Runs the server until standard input ends, which it does when the test's process ends, however that comes about. A
/// file named `keep` says that somebody will start the server again on its data.
const GUARD: &str = r#"
cd "$1" || exit 1
shift
redis-server ./redis.conf "$@" >/dev/null 2>&1 &
server=$!
cat >/dev/null
kill -9 "$server"
wait "$server" 2>/dev/null
[ -e keep ] || rm -rf "$PWD"
"#;

/// A private server with an append-only file: it can be killed and started again with what it answered.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    folder: PathBuf,
    mode: Option<&'static str>,
    guard: Option<Child>,
}

impl RedisServer {
    /// A server with further lines of `redis.conf`; `{port}` in them stands for its port.
    #[must_use]
    pub fn start(lines: &[&str]) -> Self {
        let common = [
            "port {port}",
            "save \"\"",
            "appendonly yes",
            "appendfsync always",
            "maxmemory-policy noeviction",
        ];
        Self::launch(&[&common, lines].concat(), None)
    }

    /// A sentinel with these lines of `sentinel.conf`.
    pub(super) fn sentinel(lines: &[&str]) -> Self {
        Self::launch(&[&["port {port}"], lines].concat(), Some("--sentinel"))
    }

    /// Between the choice of a port and its use somebody else may take it: then another one is tried.
    fn launch(lines: &[&str], mode: Option<&'static str>) -> Self {
        for _ in 0..5 {
            let folder = tempfile::Builder::new().prefix("redis-").tempdir().unwrap().keep();
            let mut server = Self { port: quiet_port(), folder, mode, guard: None };
            server.configure(lines);
            server.run();
            if server.answers_within(Duration::from_secs(5)) {
                return server;
            }
        }
        panic!("redis-server does not start");
    }

    fn configure(&self, lines: &[&str]) {
        let mut text = String::from("bind 127.0.0.1\nprotected-mode no\n");
        for line in lines {
            writeln!(text, "{}", line.replace("{port}", &self.port.to_string())).unwrap();
        }
        fs::write(self.folder.join("redis.conf"), text).unwrap();
    }

    fn run(&mut self) {
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "guard"]).arg(&self.folder).args(self.mode);
        self.guard = Some(guard.stdin(Stdio::piped()).spawn().unwrap());
    }

    /// Port of 127.0.0.1 on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// URL of this server alone, without TLS.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// SIGKILL; the data stays for [`RedisServer::resume`].
    pub fn kill(&mut self) {
        fs::write(self.folder.join("keep"), "").unwrap();
        self.end();
    }

    /// Starts a killed server again, on its port and data, and waits until it answers.
    pub fn resume(&mut self) {
        fs::remove_file(self.folder.join("keep")).unwrap();
        self.run();
        assert!(self.answers_within(Duration::from_secs(10)), "redis-server does not start again");
    }

    /// Asks this server, past any cluster or sentinel.
    ///
    /// # Panics
    /// It does not answer, or with an error.
    pub fn ask<T: FromRedisValue>(&self, command: &Cmd) -> T {
        self.try_ask(command).expect("the server answers")
    }

    /// Asks this server.
    ///
    /// # Errors
    /// It does not answer within a second, or with an error.
    pub fn try_ask<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let mut connection = Client::open(self.url())?.get_connection_with_timeout(Duration::from_secs(1))?;
        connection.set_read_timeout(Some(Duration::from_secs(5)))?;
        command.query(&mut connection)
    }

    /// The folder, made known by the server itself: another one on this port would name another.
    fn answers_within(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if self.is_up() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// A server with TLS alone is asked by nobody in here: its log tells.
    fn is_up(&self) -> bool {
        let is_ours = |info: String| info.contains(&*self.folder.to_string_lossy());
        self.try_ask(redis::cmd("INFO").arg("server")).is_ok_and(is_ours)
            || self.log().contains("Ready to accept connections")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn end(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            drop(guard.stdin.take());
            guard.wait().unwrap();
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let was_killed = self.guard.is_none();
        self.end();
        if was_killed {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// A port below those that the kernel gives to outgoing connections: a server that is started again must find its own
/// free.
pub(super) fn quiet_port() -> u16 {
    let seed = uuid::Uuid::new_v4();
    let first = u16::from_be_bytes([seed.as_bytes()[0], seed.as_bytes()[1]]) % 15_000;
    (0..15_000)
        .map(|step| 15_000 + (first + step) % 15_000)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("some port is free")
}
