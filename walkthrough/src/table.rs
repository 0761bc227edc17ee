//! What happened, as a table with times.

use std::time::{Duration, Instant};

/// Rows of the table; each prints as soon as it has happened.
pub struct Table {
    last: Instant,
}

impl Table {
    /// Prints the head and starts the clock.
    pub fn start() -> Self {
        println!("\n  {:<34} {:>9}   what came of it", "step", "time");
        println!("  {}", "-".repeat(100));
        Self { last: Instant::now() }
    }

    /// A step that ended now, and took the time since the last one.
    pub fn step(&mut self, step: &str, result: &str) {
        let took = self.last.elapsed();
        self.row(step, took, result);
    }

    /// A step whose time somebody else measured.
    pub fn row(&mut self, step: &str, took: Duration, result: &str) {
        println!("  {step:<34} {:>6.0} ms   {result}", took.as_secs_f64() * 1_000.0);
        self.last = Instant::now();
    }
}
