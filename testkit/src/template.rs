//! The database that tests' databases are copied from. Its name is a hash of the sources that it is made from, so
//! a changed migration or seed makes a new one; a lock in the server lets one of many test processes make it
//! while the others wait.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::OnceCell;

use crate::database::{ADMIN_PASSWORD, connect, url_of};
use crate::servers::{SHARED, workspace};

/// Name of the template with every migration applied, made on the first call in the first process that asks.
pub(crate) async fn migrated() -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(|| make(Contents::Tables)).await
}

/// Name of the template that holds the seeds too.
pub(crate) async fn seeded() -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(|| make(Contents::Seeds)).await
}

/// What a template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contents {
    Tables,
    Seeds,
}

/// What a template is made from: the migrations, and the tables whose defaults their seeds write down.
const SOURCES: [&str; 2] = ["migration/src", "entity/src"];

/// A hash of every source file below `root` that a template is made from.
fn fingerprint(root: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    ADMIN_PASSWORD.hash(&mut hasher);
    for file in SOURCES.iter().flat_map(|folder| sources(&root.join(folder))) {
        fs::read(file).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(sources(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

async fn make(contents: Contents) -> String {
    let name = format!("template_{:016x}_{contents:?}", fingerprint(&workspace())).to_lowercase();
    make_once(&name, contents).await.expect("the migrations apply");
    name
}

async fn make_once(name: &str, contents: Contents) -> Result<(), DbErr> {
    // One connection: the lock belongs to a session, and ends with it.
    let server = connect(&SHARED.database_url, 1).await?;
    server.execute_unprepared("SELECT pg_advisory_lock(hashtext('testkit template'))").await?;
    if !exists(&server, name).await? {
        build(&server, name, contents).await?;
    }
    server.close().await
}

async fn exists(server: &DatabaseConnection, name: &str) -> Result<bool, DbErr> {
    let query = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let statement = sea_orm::Statement::from_string(server.get_database_backend(), query);
    Ok(server.query_one_raw(statement).await?.is_some())
}

/// The template gets its name last: a build that was killed leaves only a draft behind.
async fn build(server: &DatabaseConnection, name: &str, contents: Contents) -> Result<(), DbErr> {
    let draft = format!("draft_{name}");
    server.execute_unprepared(&format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).await?;
    server.execute_unprepared(&format!("CREATE DATABASE {draft}")).await?;
    fill(&url_of(&draft), contents).await?;
    // Nobody may connect to it, autovacuum included: CREATE DATABASE refuses a template that is in use.
    server.execute_unprepared(&format!("ALTER DATABASE {draft} WITH ALLOW_CONNECTIONS false")).await?;
    server.execute_unprepared(&format!("ALTER DATABASE {draft} RENAME TO {name}")).await?;
    Ok(())
}

async fn fill(url: &str, contents: Contents) -> Result<(), DbErr> {
    let draft = connect(url, 2).await?;
    Migrator::up(&draft, None).await?;
    if contents == Contents::Seeds {
        migration::seed::plant(&draft, Some(ADMIN_PASSWORD.to_owned())).await.expect("the seeds are planted");
    }
    draft.close().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_migration_and_a_changed_table_make_another_template() {
        let root = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
            fingerprint(root.path())
        };
        let mut seen = vec![
            write("migration/src/lib.rs", "a"),
            write("entity/src/system_config.rs", "a"),
            write("migration/src/lib.rs", "b"),
            write("entity/src/system_config.rs", "b"),
            write("entity/src/system_config/keys.rs", "b"),
        ];
        assert_eq!(write("api/src/lib.rs", "b"), seen[4], "nothing else does");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 5);
    }
}
