//! Starts a scheduler.

use std::process::ExitCode;

use platform::launch::{Program, launch};

fn main() -> ExitCode {
    let program = Program {
        name: "rollcall-scheduler",
        version: env!("CARGO_PKG_VERSION"),
        about: "makes the periodic jobs and sweeps the outbox; any number may run",
    };
    launch(program, scheduler::run)
}
