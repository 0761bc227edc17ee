//! Starts the API.

use std::process::ExitCode;

use api::{StartError, run};
use platform::launch::{Program, launch};
use tokio::net::TcpListener;

const PROGRAM: Program = Program {
    name: "rollcall-api",
    version: env!("CARGO_PKG_VERSION"),
    about: "serves the HTTP and WebSocket API",
};

fn main() -> ExitCode {
    launch(PROGRAM, |settings, context| async {
        let listener = TcpListener::bind(settings.api.bind).await.map_err(StartError::Listen)?;
        run(settings, listener, context).await
    })
}
