//! The real binary as a child process, killed at the end of the test at the latest.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::cache;

pub struct Process {
    child: Child,
    address: String,
}

impl Process {
    /// Starts the provider on a free port and waits until it is ready.
    pub fn start(people: &Path) -> Self {
        let mut child = command().env("PROVIDER_DATA_DIR", people).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find_map(|line| Some(line["fields"]["address"].as_str()?.to_owned()))
            .unwrap();
        // Goes on reading, so that the provider can go on writing.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
    }

    /// Waits for the end and returns the exit code, if it was not a signal.
    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary, with nothing from this environment but what it needs.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall-provider"));
    command.env_clear().current_dir(std::env::temp_dir());
    command.envs([("PROVIDER_BIND", "127.0.0.1:0"), ("LOG_FORMAT", "json")]);
    command.env("ROLLCALL_MODEL_DIR", cache::models());
    command
}
