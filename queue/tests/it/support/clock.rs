//! A wall clock that a test moves: preloaded into a server, so that the real scripts in a real Redis see the time that the
//! test says. The library is built by `scripts/shifted-clock`.

use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use tempfile::NamedTempFile;

/// The clock of one server.
pub struct Clock {
    file: NamedTempFile,
    library: String,
}

impl Clock {
    /// A clock that goes right until it is told otherwise.
    pub fn new() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/shifted-clock");
        let built = Command::new(script).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let library = String::from_utf8(built.stdout).unwrap().trim_end().to_owned();
        let clock = Self { file: NamedTempFile::new().unwrap(), library };
        clock.set(0, 0);
        clock
    }

    /// With a time in milliseconds since 1970 it stands still there; with 0 it goes on, so many milliseconds before the true
    /// time, or, with a negative shift, behind it.
    pub fn set(&self, stands_at: i64, shift: i64) {
        let bytes = [stands_at * 1000, shift * 1000].map(i64::to_ne_bytes).concat();
        self.file.as_file().write_all_at(&bytes, 0).unwrap();
    }

    /// What a server must find in its environment.
    pub fn environment(&self) -> [(&'static str, String); 2] {
        [("LD_PRELOAD", self.library.clone()), ("SHIFTED_CLOCK", self.file.path().display().to_string())]
    }
}
