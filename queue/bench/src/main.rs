//! Measures the queue on a private Redis (AOF everysec). Build it for release: `just bench-queue`, or
//! `just bench-queue [latency] [enqueue] [noop] [depth] [rival] [cases]`.
//!
//! Workers are processes of their own, started from this same binary. `REDIS_URL` measures another server, `JOBS` sets
//! the jobs of each run, `PROCESSES` and `CONCURRENCY` narrow the table of no-op jobs (`CONCURRENCY=64`).
#![expect(clippy::unwrap_used, reason = "a measuring program ends at the first error")]
#![expect(clippy::print_stdout, reason = "the figures are the output")]

mod cases;
mod contender;
mod crew;
mod depth;
mod enqueueing;
mod fixture;
mod gauge;
mod latency;
mod rival;
mod server;
mod throughput;
mod worker;

use fixture::number_or;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("worker") => {
            return worker::serve(&arguments[1], &arguments[2], arguments[3].parse().unwrap()).await;
        }
        Some("rival") if arguments.len() == 4 => {
            return worker::serve_rival(&arguments[1], &arguments[2], arguments[3].parse().unwrap()).await;
        }
        _ => {}
    }
    let wants = |part: &str| arguments.is_empty() || arguments.iter().any(|asked| asked == part);
    let server = server::Server::find_or_start();
    let jobs = number_or("JOBS", 200_000);
    if wants("latency") {
        latency::measure(&server.url).await;
    }
    if wants("enqueue") {
        enqueueing::measure(&server.url, jobs).await;
    }
    if wants("noop") {
        throughput::measure(&server.url, jobs).await;
    }
    if wants("depth") {
        depth::measure(&server.url).await;
    }
    if wants("rival") {
        rival::measure(&server.url, jobs).await;
    }
    if wants("cases") {
        cases::show(&server.url).await;
    }
}
