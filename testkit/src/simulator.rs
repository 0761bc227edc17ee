//! Starting the Python programs below `simulator/`: they say in one line of JSON where they listen, and end
//! with their standard input, so even a test process that is killed leaves none behind.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::Value;

use crate::servers::workspace;

/// A running program of the simulator; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    _lifeline: ChildStdin,
    /// What it said about where it listens.
    pub(crate) places: Value,
}

impl Program {
    /// Starts `simulator/<name>` and waits until it listens.
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new("/usr/bin/python3")
            .arg(workspace().join("simulator").join(name))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("/usr/bin/python3 runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let places = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{name} said {line:?}"));
        Self { _lifeline: child.stdin.take().unwrap(), child, places }
    }

    pub(crate) fn place(&self, name: &str) -> String {
        self.places[name].as_str().unwrap().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a script of the workspace and returns the last line that it printed.
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output =
        Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().last().unwrap_or_default().to_owned()
}
