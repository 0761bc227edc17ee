//! Starts the face recogniser. Exit codes: 0 drained after SIGTERM or SIGINT, 1 failed, 2 wrong settings.

use std::error::Error;
use std::io::{IsTerminal, stdout};
use std::process::ExitCode;
use std::sync::Arc;

use provider::causes::chain;
use provider::engine::{Engine, ModelFiles};
use provider::http;
use provider::people::People;
use provider::recogniser::Recogniser;
use provider::settings::{self, Settings};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

const NAME: &str = "rollcall-provider";
/// What a shell reports of a process that SIGINT ended.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("--version" | "-V") => return say(&format!("{NAME} {}", env!("CARGO_PKG_VERSION"))),
        Some("--help" | "-h") => {
            return say(&format!(
                "{NAME}: finds faces and tells whose they are\n\nSettings (environment or .env):\n{}",
                settings::help()
            ));
        }
        Some(other) => {
            eprintln!("{NAME}: unknown argument {other} (see --help)");
            return ExitCode::from(2);
        }
    }
    // A missing .env is the normal case in production.
    let _ = dotenvy::dotenv();
    match Settings::read(|name| std::env::var(name).ok()) {
        Ok(settings) => run(&settings),
        Err(mistakes) => {
            eprintln!("{NAME}: the settings are wrong (see --help):\n  {}", mistakes.join("\n  "));
            ExitCode::from(2)
        }
    }
}

fn say(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}

fn run(settings: &Settings) -> ExitCode {
    start_logging(settings.json_logs);
    match start(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %chain(error.as_ref()), "{NAME} failed");
            ExitCode::FAILURE
        }
    }
}

fn start_logging(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(stdout().is_terminal());
    if json { builder.json().init() } else { builder.init() }
}

#[tokio::main]
async fn start(settings: &Settings) -> Result<(), Box<dyn Error>> {
    let stop = stop_signal()?;
    let engine = Engine::new(&ModelFiles::read(&settings.model_dir)?, settings.min_face)?;
    let people = People::open(settings.data_dir.clone())?;
    let listener = TcpListener::bind(settings.bind).await?;
    let counts = people.counts();
    tracing::info!(
        address = %listener.local_addr()?,
        people = counts.people,
        images = counts.images,
        version = env!("CARGO_PKG_VERSION"),
        "{NAME} is ready"
    );
    let recogniser = Recogniser::new(Arc::new(engine), people, settings.thresholds);
    http::serve(settings, recogniser, listener, stop).await?;
    tracing::info!("{NAME} has drained");
    Ok(())
}

/// Ready at the first SIGTERM or SIGINT; a second SIGINT ends the process at once.
fn stop_signal() -> Result<impl Future<Output = ()>, Box<dyn Error>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tokio::spawn(exit_at_next(interrupt));
    })
}

async fn exit_at_next(mut interrupt: Signal) {
    interrupt.recv().await;
    std::process::exit(INTERRUPTED);
}
