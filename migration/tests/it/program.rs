//! `rollcall-migrate` itself, run as operators run it.

use std::process::{Output, Stdio};

use entity::role;
use sea_orm::{EntityTrait, PaginatorTrait};
use tokio::process::Command;

fn migrate(url: &str, argument: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall-migrate"));
    command
        .arg(argument)
        .env("DATABASE_URL", url)
        .env_remove("ENVIRONMENT")
        .env("ADMIN_PASSWORD", "a password for tests");
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn four_that_start_at_once_take_turns_and_all_succeed() {
    let database = testkit::empty_database().await;
    let run = || migrate(&database.url, "up").output();
    let outputs = tokio::join!(run(), run(), run(), run());
    for output in [outputs.0, outputs.1, outputs.2, outputs.3] {
        let output = output.unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    }
    assert_eq!(role::Entity::find().count(&database.connection).await.unwrap(), 0);
}

#[tokio::test]
async fn two_that_seed_at_once_plant_one_set_of_rows() {
    let database = testkit::database().await;
    let run = || migrate(&database.url, "seed").output();
    let (one, other) = tokio::join!(run(), run());
    for output in [one.unwrap(), other.unwrap()] {
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(!String::from_utf8_lossy(&output.stdout).contains("a password for tests"));
    }
    assert_eq!(role::Entity::find().count(&database.connection).await.unwrap(), 3);
}

#[tokio::test]
async fn fresh_is_refused_in_production() {
    let database = testkit::seeded_database().await;
    let output = migrate(&database.url, "fresh").env("ENVIRONMENT", "production").output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(role::Entity::find().count(&database.connection).await.unwrap(), 3);
}

#[tokio::test]
async fn a_missing_database_url_and_an_unknown_command_end_with_2_and_a_reason() {
    let unset = migrate("", "up").env_remove("DATABASE_URL").output().await.unwrap();
    assert_eq!((unset.status.code(), stderr(&unset).contains("DATABASE_URL")), (Some(2), true));
    let unknown = migrate("", "sideways").output().await.unwrap();
    assert_eq!((unknown.status.code(), stderr(&unknown).contains("sideways")), (Some(2), true));
}

#[tokio::test]
async fn fresh_starts_anew() {
    let database = testkit::seeded_database().await;
    let output = migrate(&database.url, "fresh").output().await.unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(role::Entity::find().count(&database.connection).await.unwrap(), 0);
}
