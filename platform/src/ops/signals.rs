//! The metrics that operators read, with what each one says. Whoever emits one gives it its labels and values; here it gets its
//! line of help, in every process alike.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// What a metric is.
#[derive(Clone, Copy, Debug)]
enum Is {
    Counter,
    Gauge,
    Seconds,
}

use Is::{Counter, Gauge, Seconds};

const SIGNALS: &[(&str, Is, &str)] = &[
    ("rollcall_ready", Gauge, "Whether a worker or scheduler says that it is ready"),
    ("rollcall_redis_up", Gauge, "Whether Redis answered this scheduler's last question for figures"),
    ("rollcall_database_up", Gauge, "Whether PostgreSQL answered this scheduler's last question for figures"),
    ("rollcall_queue_depth", Gauge, "Jobs in a queue by state"),
    ("rollcall_queue_latency_seconds", Gauge, "Age of the oldest job that waits for a worker"),
    ("rollcall_queue_unclaimed", Gauge, "Waiting jobs of a kind and version that no live worker knows"),
    ("rollcall_workers", Gauge, "Workers that reported themselves lately"),
    ("rollcall_jobs_total", Counter, "Attempts at jobs by kind and outcome"),
    ("rollcall_job_duration_seconds", Seconds, "Time that an attempt at a job took"),
    ("rollcall_job_wait_seconds", Seconds, "Time from a job being due to its start"),
    ("rollcall_schedule_last_tick_seconds", Gauge, "Unix time from which the next tick of a schedule counts"),
    ("rollcall_outbox_unfinished", Gauge, "Accepted jobs that have not ended, by age"),
    ("rollcall_outbox_oldest_seconds", Gauge, "Age of the oldest accepted job that has not ended"),
    ("rollcall_outbox_pushed_total", Counter, "Accepted jobs that the sweeper had to push again"),
    ("rollcall_outbox_finished_total", Counter, "Outcomes that the sweeper copied to the outbox"),
    ("rollcall_http_request_duration_seconds", Seconds, "Time that a call took, by route and status"),
    ("rollcall_http_rate_limited_total", Counter, "Calls over the rate limit by class"),
    ("rollcall_websocket_connections", Gauge, "Open WebSocket connections"),
    ("rollcall_audit_backlog", Gauge, "Audit rows that wait for the database to come back"),
    ("rollcall_audit_lost_total", Counter, "Audit rows that stand in the log only"),
    ("rollcall_provider_duration_seconds", Seconds, "Time that the detection provider took"),
    ("rollcall_odoo_records_total", Counter, "Attendance records sent to Odoo by result"),
    ("rollcall_db_pool_connections", Gauge, "Connections of the database pool: open, idle, in use"),
    ("rollcall_db_pool_max_connections", Gauge, "Connections that the database pool may hold"),
    ("rollcall_cache_entries", Gauge, "Entries of a cache"),
    ("rollcall_cache_requests_total", Counter, "Questions to a cache by result: hit or miss"),
];

/// Gives every metric its line of help. What a process never emits, it does not show.
pub fn describe() {
    for (name, is, help) in SIGNALS.iter().copied() {
        match is {
            Counter => describe_counter!(name, help),
            Gauge => describe_gauge!(name, help),
            Seconds => describe_histogram!(name, Unit::Seconds, help),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::SIGNALS;

    /// Files below `docker/` that name metrics.
    const READERS: [&str; 3] = ["prometheus", "grafana", "kubernetes"];

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    /// What `text` calls a metric, without the parts of a histogram.
    fn named(text: &str) -> BTreeSet<&str> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let names = words.filter(|word| word.starts_with("rollcall_"));
        let family =
            |name| ["_bucket", "_sum", "_count"].iter().find_map(|part| str::strip_suffix(name, part));
        names.map(|name| family(name).unwrap_or(name)).collect()
    }

    #[test]
    fn dashboard_alerts_and_scaling_name_metrics_that_exist() {
        let provider = std::fs::read_to_string(root().join("provider/src/observation.rs")).unwrap();
        let exported =
            SIGNALS.iter().map(|(name, ..)| *name).chain(named(&provider)).collect::<BTreeSet<_>>();
        for file in READERS.iter().flat_map(|folder| files(&root().join("docker").join(folder))) {
            let text = std::fs::read_to_string(&file).unwrap();
            let unknown: Vec<_> = named(&text).into_iter().filter(|name| !exported.contains(name)).collect();
            assert!(unknown.is_empty(), "{} names {unknown:?}, which nothing exports", file.display());
        }
    }

    #[test]
    fn the_dashboard_shows_every_signal_that_is_exported_today() {
        let dashboard =
            std::fs::read_to_string(root().join("docker/grafana/dashboards/rollcall.json")).unwrap();
        let shown = named(&dashboard);
        // Sizes of caches tell little beside their hits.
        let left_out = ["rollcall_cache_entries", "rollcall_odoo_records_total"];
        let missing: Vec<_> = SIGNALS
            .iter()
            .map(|(name, ..)| *name)
            .filter(|name| !shown.contains(name) && !left_out.contains(name))
            .collect();
        assert!(missing.is_empty(), "the dashboard does not show {missing:?}");
    }
}
