//! A wall clock that a test moves under a process: `clock/shifted_clock.c`, preloaded. Timers and time-outs, which go by the
//! monotonic clock, stay as they are.

use std::os::unix::fs::FileExt as _;
use std::process::Command;
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::servers::workspace;

/// The clock of one or several processes; it goes right until it is told otherwise.
#[derive(Debug)]
pub struct Clock {
    file: NamedTempFile,
    library: String,
}

impl Clock {
    /// A clock that nobody goes by yet.
    #[must_use]
    pub fn new() -> Self {
        let built = Command::new(workspace().join("scripts/shifted-clock")).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let library = String::from_utf8(built.stdout).unwrap().trim_end().to_owned();
        let clock = Self { file: NamedTempFile::new().unwrap(), library };
        clock.write(0);
        clock
    }

    /// What a process must find in its environment to go by this clock.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 2] {
        [("LD_PRELOAD", self.library.clone()), ("SHIFTED_CLOCK", self.file.path().display().to_string())]
    }

    /// Sets it before the true time.
    pub fn set_ahead(&self, by: Duration) {
        self.write(microseconds(by));
    }

    /// Sets it behind the true time.
    pub fn set_back(&self, by: Duration) {
        self.write(-microseconds(by));
    }

    /// Sets it right.
    pub fn set_right(&self) {
        self.write(0);
    }

    fn write(&self, shift: i64) {
        let words = [0, shift].map(i64::to_ne_bytes).concat();
        self.file.as_file().write_all_at(&words, 0).unwrap();
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

fn microseconds(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap()
}
