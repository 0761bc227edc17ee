//! `rollcall-odoo-stand-in`: the stand-in as a process of its own, for the demo. It forgets everything when it ends.

use std::{error::Error, process::ExitCode};

use odoo::stand_in::{Employee, Setup, StandIn};
use tokio::signal::unix::{SignalKind, signal};

const HELP: &str = "\
rollcall-odoo-stand-in: answers as an Odoo server does, for the demo. Settings, from the environment:
  ODOO_BIND       address and port                              127.0.0.1:8069
  ODOO_VERSION    16 to 19                                      19
  ODOO_DATABASE   its one database                              company
  ODOO_LOGIN      its one user                                  rollcall@company.example
  ODOO_KEY        that user's API key                           required
  ODOO_PEOPLE     its employees: badge=name, comma separated    none
  ODOO_FILE       where it keeps what is in it                  nowhere
";

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help" || argument == "-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rollcall-odoo-stand-in: {error}");
            ExitCode::FAILURE
        }
    }
}

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let version = setting("ODOO_VERSION").map_or(Ok(19), |text| text.parse())?;
    let usual = Setup::of(version);
    let setup = Setup {
        database: setting("ODOO_DATABASE").unwrap_or(usual.database),
        login: setting("ODOO_LOGIN").unwrap_or(usual.login),
        api_key: setting("ODOO_KEY").ok_or("ODOO_KEY is not set")?,
        file: setting("ODOO_FILE").map(Into::into),
        ..usual
    };
    let bind = setting("ODOO_BIND").unwrap_or_else(|| "127.0.0.1:8069".to_owned()).parse()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let server = StandIn::start(bind, setup).await?;
    hire(&server, &setting("ODOO_PEOPLE").unwrap_or_default())?;
    println!("odoo: {} stands in for version {version}", server.url());
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

fn hire(server: &StandIn, people: &str) -> Result<(), Box<dyn Error>> {
    for person in people.split(',').filter(|person| !person.is_empty()) {
        let (badge, name) = person.split_once('=').ok_or("ODOO_PEOPLE is no list of badge=name")?;
        if server.world().employees().any(|known| known.barcode.as_deref() == Some(badge)) {
            continue;
        }
        let employee =
            Employee { name: name.to_owned(), barcode: Some(badge.to_owned()), ..Employee::default() };
        server.world().hire(employee).map_err(|refused| refused.message)?;
    }
    Ok(())
}
