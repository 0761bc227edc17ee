//! Real processes of the workspace's own binaries, for tests that kill, freeze and drain them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::waiting::eventually;

/// A running process. On drop it is killed together with every child it started.
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
    log: PathBuf,
    folder: tempfile::TempDir,
}

/// Where cargo put the workspace's binary `name`.
///
/// # Panics
/// When it was not built: `cargo test -p x` builds the binaries of `x` alone, `./test` those of the whole
/// workspace.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path =
        test.ancestors().find(|folder| folder.ends_with("deps")).and_then(Path::parent).unwrap().join(name);
    assert!(path.exists(), "{} is missing: run `cargo build --workspace` first", path.display());
    path
}

/// Starts the workspace's binary `name` with exactly the environment `settings` (and `PATH`), so that no
/// variable of the developer's shell reaches the test.
#[must_use]
pub fn start(name: &str, settings: &[(&str, &str)]) -> Process {
    let mut command = Command::new(binary(name));
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH".to_owned(), path)));
    command.envs(settings.iter().copied());
    Process::spawn(name, command)
}

impl Process {
    /// Starts `command` in a folder and a process group of its own, its output going to a log file.
    pub(crate) fn spawn(name: &str, mut command: Command) -> Self {
        use std::os::unix::process::CommandExt as _;
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let file = File::create(&log).unwrap();
        command.current_dir(folder.path()).process_group(0).stdin(Stdio::null());
        command.stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { child, name: name.to_owned(), log, folder }
    }

    /// The process's number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The process's working directory, empty at its start but for its log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Everything that it has printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
    }

    /// Waits until `url` answers with a 2xx status.
    ///
    /// # Panics
    /// With the process's log, when it ends before, or does not answer within 30 s.
    pub async fn ready(&mut self, url: &str) {
        let client = reqwest::Client::new();
        let limit = Duration::from_secs(30);
        let begun = std::time::Instant::now();
        while !client.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "{} ended with {ended:?}:\n{}", self.name, self.log());
            assert!(begun.elapsed() < limit, "{} is not ready at {url}:\n{}", self.name, self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a line of the log contains `text`, and returns that line.
    pub async fn logged(&self, text: &str) -> String {
        let look = async || self.log().lines().find(|line| line.contains(text)).map(str::to_owned);
        eventually(Duration::from_secs(30), &format!("{} logs {text:?}", self.name), look).await
    }

    /// Sends a signal to the process alone, not to its children.
    pub fn signal(&self, signal: Signal) {
        signal::kill(self.pid(), signal).unwrap();
    }

    /// SIGKILL: it has no chance to tidy up. Returns when it is gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGSTOP: it stands still, its connections stay open.
    pub fn freeze(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// SIGCONT: it goes on as if no time had passed.
    pub fn thaw(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// SIGTERM, and waits up to 40 s for the end.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.ended().await
    }

    /// Waits up to 40 s for the process to end by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let begun = std::time::Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(40), "{} does not end:\n{}", self.name, self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The whole group: a worker's FFmpeg must not outlive the test.
        let _ = signal::killpg(self.pid(), Signal::SIGKILL);
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- log of {} ---\n{}", self.name, self.log());
        }
    }
}
