//! Recomputes one day of attendance from its detections, by the settings of the running system, and prints what changed:
//! `rollcall-recompute 2025-11-03 [EMP-001]`.

use std::process::ExitCode;

use platform::launch::{Program, launch};

fn main() -> ExitCode {
    let program = Program {
        name: "rollcall-recompute",
        version: env!("CARGO_PKG_VERSION"),
        about: "recomputes a day of attendance: rollcall-recompute YYYY-MM-DD [employee id]",
    };
    launch(program, |settings, _| async move {
        let arguments: Vec<_> = std::env::args().skip(1).collect();
        let told = worker::recompute(&settings, &arguments).await?;
        print!("{told}");
        Ok::<_, worker::RecomputeFailure>(())
    })
}
