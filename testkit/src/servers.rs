//! The PostgreSQL and the Redis that all tests share: named by `TEST_DATABASE_URL` and `TEST_REDIS_URL`, or
//! started by `scripts/services` when these are unset, so that a bare `cargo test -p <crate>` works.

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Where the two servers listen.
#[derive(Debug, Clone)]
pub(crate) struct Servers {
    /// A superuser's URL of a PostgreSQL server in which databases may be made.
    pub(crate) database_url: String,
    /// URL of a Redis server that keeps accepted writes.
    pub(crate) redis_url: String,
}

/// The servers that all tests of this process share.
pub(crate) static SHARED: LazyLock<Servers> = LazyLock::new(|| {
    let named = (env::var("TEST_DATABASE_URL"), env::var("TEST_REDIS_URL"));
    if let (Ok(database_url), Ok(redis_url)) = named {
        return Servers { database_url, redis_url };
    }
    services(&["start", "test"]);
    of_instance("test")
});

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Runs `scripts/services` and returns what it printed.
pub(crate) fn services(arguments: &[&str]) -> String {
    services_with(&[], arguments)
}

/// The same with an environment that the servers it starts inherit. They also inherit that a write beyond the largest file is
/// an error to them and not their end, so that a test can let their disk be full.
pub(crate) fn services_with(environment: &[(&str, String)], arguments: &[&str]) -> String {
    let script = workspace().join("scripts/services");
    let mut command = Command::new("sh");
    command.args(["-c", r#"trap '' XFSZ; exec "$0" "$@""#]).arg(&script).args(arguments);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let output = command.output().expect("scripts/services runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?} failed: {complaint}", script.display());
    String::from_utf8(output.stdout).unwrap()
}

/// The servers of an instance that runs.
pub(crate) fn of_instance(name: &str) -> Servers {
    let printed = services(&["env", name]);
    let mut values: HashMap<&str, &str> =
        printed.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('=')).collect();
    let mut take = |key: &str| values.remove(key).expect("scripts/services env names it").to_owned();
    Servers { database_url: take("DATABASE_URL"), redis_url: take("REDIS_URL") }
}
