//! `rollcall-objects`: the S3 server as a process of its own, for the demo.

use std::error::Error;
use std::process::ExitCode;

use objects::{HELP, Settings};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help" || argument == "-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let settings = match Settings::read(|name| std::env::var(name).ok()) {
        Ok(settings) => settings,
        Err(error) => return complain(&error, 2),
    };
    match run(&settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(error.as_ref(), 1),
    }
}

async fn run(settings: &Settings) -> Result<(), Box<dyn Error>> {
    for bucket in &settings.buckets {
        std::fs::create_dir_all(settings.root.join(bucket))?;
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let server =
        objects::serve(&settings.root, settings.bind, &settings.access_key, &settings.secret_key).await?;
    println!("objects: http://{} serves {}", server.address(), settings.root.display());
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    server.stop().await;
    Ok(())
}

fn complain(error: &dyn Error, code: u8) -> ExitCode {
    eprint!("rollcall-objects: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprint!(": {error}");
        cause = error.source();
    }
    eprintln!();
    ExitCode::from(code)
}
