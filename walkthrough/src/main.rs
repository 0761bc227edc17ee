//! Walks through Rollcall's main job before the reader's eyes, against the running binaries: sign in, ask for frames of
//! two simulated cameras, and see who was recognised, on the WebSocket, in the live list, in the attendance log, in files and in Odoo.
//! `rollcall-demo bench` measures the same way. `./demo` and `just bench` start everything that this needs.

mod bench;
mod client;
mod error;
mod files;
mod odoo;
mod setting;
mod stage;
mod story;
mod table;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let end = match arguments.split_first() {
        None => story::tell().await,
        Some((first, parts)) if first == "bench" && parts.iter().all(|part| is_part(part)) => {
            bench::run(parts).await
        }
        Some(_) => {
            println!(
                "rollcall-demo [bench [{}]...]: started by ./demo and just bench",
                bench::PARTS.join("|")
            );
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

fn is_part(name: &str) -> bool {
    bench::PARTS.contains(&name)
}
