//! Walks through Rollcall's main job before the reader's eyes, against the running binaries: sign in, ask for frames of
//! two simulated cameras, and see who was recognised, on the WebSocket, in the live list and in the attendance log.
//! `rollcall-demo bench` measures the same way. `./demo` and `just bench` start everything that this needs.

mod bench;
mod client;
mod error;
mod setting;
mod stage;
mod story;
mod table;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let end = match std::env::args().nth(1).as_deref() {
        None => story::tell().await,
        Some("bench") => bench::run().await,
        Some(_) => {
            println!("rollcall-demo [bench]: started by ./demo and just bench");
            return ExitCode::from(2);
        }
    };
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rollcall-demo: {error}");
            ExitCode::FAILURE
        }
    }
}
