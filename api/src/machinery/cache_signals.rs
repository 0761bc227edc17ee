//! What Prometheus learns of a cache: how often it had the answer, and how much it holds.

use metrics::{counter, gauge};

/// Somebody asked the cache, which had the answer or not.
pub fn asked(cache: &'static str, hit: bool) {
    let result = if hit { "hit" } else { "miss" };
    counter!("rollcall_cache_requests_total", "cache" => cache, "result" => result).increment(1);
}

/// The cache holds so many entries now.
pub fn holds(cache: &'static str, entries: usize) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and caches are small")]
    gauge!("rollcall_cache_entries", "cache" => cache).set(entries as f64);
}
