//! `rollcall-migrate`: brings the database to the newest schema, back, or fills in what it cannot do without.
//! It reads `DATABASE_URL` and, for the seeds, `ADMIN_PASSWORD`.

mod command;

use std::process::ExitCode;

use command::Command;
use migration::{Migrator, MigratorTrait, exclusively, seed};
use sea_orm_migration::sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

/// Why the program ended with an error.
#[derive(Debug, thiserror::Error)]
enum MigrateError {
    #[error("{0}\n\n{usage}", usage = command::USAGE)]
    Usage(#[from] command::UsageError),
    #[error("DATABASE_URL is not set")]
    NoDatabase,
    #[error("`{0}`: refused while ENVIRONMENT is production")]
    Production(&'static str),
    #[error("database: {0}")]
    Database(#[from] DbErr),
    #[error("seeds: {0}")]
    Seed(#[from] seed::SeedError),
    #[error("a made-up site: {0}")]
    Scale(#[from] seed::scale::ScaleError),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error @ (MigrateError::Usage(_) | MigrateError::NoDatabase | MigrateError::Production(_))) => {
            eprintln!("rollcall-migrate: {error}");
            ExitCode::from(2)
        }
        Err(error @ (MigrateError::Database(_) | MigrateError::Seed(_) | MigrateError::Scale(_))) => {
            eprintln!("rollcall-migrate: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), MigrateError> {
    let command = Command::parse(std::env::args().skip(1))?;
    if command == Command::Help {
        println!("{}", command::USAGE);
        return Ok(());
    }
    let in_production = std::env::var("ENVIRONMENT").is_ok_and(|environment| environment == "production");
    if in_production && let Some(name) = command.harms() {
        return Err(MigrateError::Production(name));
    }
    let db = connect().await?;
    exclusively(&db, execute(&db, command)).await
}

async fn connect() -> Result<DatabaseConnection, MigrateError> {
    let url = std::env::var("DATABASE_URL").map_err(|_| MigrateError::NoDatabase)?;
    let mut options = ConnectOptions::new(url);
    options.max_connections(4).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

async fn execute(db: &DatabaseConnection, command: Command) -> Result<(), MigrateError> {
    match command {
        Command::Up => Migrator::up(db, None).await?,
        Command::Down(steps) => Migrator::down(db, Some(steps)).await?,
        Command::Fresh => Migrator::fresh(db).await?,
        Command::Status => print_status(db).await?,
        Command::Seed => plant(db).await?,
        Command::SeedScale(percent) => {
            plant(db).await?;
            make_up(db, seed::scale::Scale::percent(percent)).await?;
        }
        Command::Help => {}
    }
    Ok(())
}

async fn print_status(db: &DatabaseConnection) -> Result<(), DbErr> {
    for migration in Migrator::get_migration_with_status(db).await? {
        println!("{:<9} {}", migration.status().to_string(), migration.name());
    }
    Ok(())
}

/// Prints each part as soon as it is made: the whole takes minutes.
async fn make_up(db: &DatabaseConnection, scale: seed::scale::Scale) -> Result<(), MigrateError> {
    println!("{scale:?}");
    let print = |part: &str, seconds: f64| println!("{part:<28} {seconds:7.1} s");
    Ok(seed::scale::plant(db, scale, print).await?)
}

async fn plant(db: &DatabaseConnection) -> Result<(), MigrateError> {
    let password = std::env::var("ADMIN_PASSWORD").ok().filter(|password| !password.is_empty());
    match seed::plant(db, password).await? {
        seed::Admin::MadeWithPassword(password) => {
            println!("{} can sign in with the password {password}", seed::ADMIN_EMAIL);
            println!("It is shown this once; change it after signing in.");
        }
        seed::Admin::Made => println!("{} can sign in with ADMIN_PASSWORD", seed::ADMIN_EMAIL),
        seed::Admin::Kept => {}
    }
    Ok(())
}
