//! Models and portraits, downloaded by the repository's scripts unless they are in the cache already.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use provider::engine::ModelFiles;

/// The folder of the models.
pub fn models() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| fetched_by("fetch-models"))
}

pub fn model_files() -> ModelFiles {
    ModelFiles::read(models()).unwrap()
}

/// A portrait's file.
pub fn portrait(name: &str) -> Vec<u8> {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    fs::read(FOLDER.get_or_init(|| fetched_by("fetch-portraits")).join(name)).unwrap()
}

fn fetched_by(script: &str) -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts").join(script);
    let output = Command::new(script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end())
}
