//! How much work the fault suite does: a short form for every run of the tests, and the long one of `just faults`.

use std::time::Duration;

/// Numbers of one form.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Jobs under way when the fault strikes.
    pub jobs: usize,
    /// Jobs at a time in one worker.
    pub concurrency: usize,
    /// How long a job is held by a worker that says nothing.
    pub lease: Duration,
    /// How long a server stays away.
    pub away: Duration,
    /// Sockets that idle.
    pub sockets: usize,
    /// Whether to wait until the sweeper, which rests for seconds, has written every outcome down.
    pub outcomes: bool,
}

const SHORT: Size = Size {
    jobs: 150,
    concurrency: 24,
    lease: Duration::from_secs(2),
    away: Duration::from_secs(1),
    sockets: 1_000,
    outcomes: false,
};

/// The contract's numbers.
const LONG: Size = Size {
    jobs: 1_500,
    concurrency: 64,
    lease: Duration::from_secs(10),
    away: Duration::from_secs(30),
    sockets: 10_000,
    outcomes: true,
};

/// The form that the variable `FAULTS` asks for: `long`, or the short one.
#[must_use]
pub fn size() -> Size {
    match std::env::var("FAULTS") {
        Ok(form) if form == "long" => LONG,
        Ok(_) | Err(_) => SHORT,
    }
}
