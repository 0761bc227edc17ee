//! What the `main` of every binary does: help, settings, logs, signals, the runtime, and the exit code.
//! Codes: 0 drained, 1 failed, 2 bad settings.

use std::{error::Error, fmt::Write as _, process::ExitCode};

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::runtime::Runtime;

use crate::{Settings, Shutdown, settings, telemetry};

/// Who is starting.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Name of the binary.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// One line that says what it does.
    pub about: &'static str,
}

/// What a binary's `run` receives besides its settings.
pub struct Context {
    /// Says when to drain.
    pub shutdown: Shutdown,
    /// Renders the metrics of this process.
    pub metrics: PrometheusHandle,
}

/// Runs `run` to its end as `program` and says how it went.
pub fn launch<F, E>(program: Program, run: impl FnOnce(Settings, Context) -> F) -> ExitCode
where
    F: Future<Output = Result<(), E>>,
    E: Error + 'static,
{
    if let Some(answer) = answer_to(program, std::env::args().nth(1).as_deref()) {
        println!("{answer}");
        return ExitCode::SUCCESS;
    }
    let settings = match Settings::from_env() {
        Ok(settings) => settings,
        Err(problems) => {
            eprintln!("{}: the settings are wrong (see --help):\n{problems}", program.name);
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{}: {error}", program.name);
            return ExitCode::FAILURE;
        }
    };
    match start(program, settings, &runtime, run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %chain(error.as_ref()), "{} failed", program.name);
            ExitCode::FAILURE
        }
    }
}

fn answer_to(program: Program, argument: Option<&str>) -> Option<String> {
    match argument {
        Some("--version" | "-V") => Some(format!("{} {}", program.name, program.version)),
        Some("--help" | "-h") => Some(format!("{}: {}\n\n{}", program.name, program.about, settings::help())),
        _ => None,
    }
}

fn start<F, E>(
    program: Program,
    settings: Settings,
    runtime: &Runtime,
    run: impl FnOnce(Settings, Context) -> F,
) -> Result<(), Box<dyn Error>>
where
    F: Future<Output = Result<(), E>>,
    E: Error + 'static,
{
    let export = telemetry::start(program, &settings, runtime.handle())?;
    let ended = runtime.block_on(async {
        let context = Context { shutdown: Shutdown::on_signals()?, metrics: telemetry::metrics()? };
        tracing::info!(version = program.version, "{} starts", program.name);
        Ok(run(settings, context).await?)
    });
    if let Some(export) = export {
        export.close();
    }
    ended
}

/// An error with all its causes on one line.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}
