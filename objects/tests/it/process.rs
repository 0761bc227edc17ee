//! The binary: its settings, its start and its end.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::room::client;

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall-objects"));
    command.env_clear().env("S3_ACCESS_KEY", "key").env("S3_SECRET_KEY", "secret");
    command
}

#[tokio::test]
async fn it_starts_with_its_buckets_and_ends_with_0_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = command()
        .env("OBJECTS_BIND", "127.0.0.1:0")
        .env("OBJECTS_ROOT", folder.path().join("made"))
        .env("S3_BUCKET", "pictures,reports")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split(['/', ' ']).find(|part| part.contains("127.0.0.1:")).unwrap().parse().unwrap();

    let buckets = client(address, "key", "secret").buckets().list().send().await.unwrap().buckets;
    let mut names: Vec<_> = buckets.into_iter().map(|bucket| bucket.name).collect();
    names.sort();
    assert_eq!(names, ["pictures", "reports"]);

    let pid = server.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn help_names_every_setting() {
    let output = command().arg("--help").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for name in ["OBJECTS_BIND", "OBJECTS_ROOT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_BUCKET"] {
        assert!(text.contains(name), "{name} is missing");
    }
}

#[test]
fn a_missing_secret_ends_it_with_2_and_its_name() {
    let output = command().env_remove("S3_SECRET_KEY").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("S3_SECRET_KEY"));
}
