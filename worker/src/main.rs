//! Starts a worker.

use std::process::ExitCode;

use platform::launch::{Program, launch};

fn main() -> ExitCode {
    let program = Program {
        name: "rollcall-worker",
        version: env!("CARGO_PKG_VERSION"),
        about: "runs the jobs that API and scheduler ask for",
    };
    launch(program, worker::run)
}
