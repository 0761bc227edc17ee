//! Figures of the running system, printed and never asserted: machines differ. `docs/performance.md` says what each of them means.
//! What the bench needs it stores under ids that begin with `BENCH-`, and removes in the end; the provider that the platform asks
//! is put back as well.

mod backlog;
mod captures;
mod cleanup;
mod exports;
mod frames;
mod instant_provider;
mod latencies;
mod load;
mod pipeline;
mod processes;
mod reads;
mod rows;
mod site;
mod wire;

use crate::error::Error;
use instant_provider::InstantProvider;
use site::Site;

/// The measurements that can be asked for by name; without names all of them run.
pub const PARTS: [&str; 6] = ["captures", "reads", "exports", "frames", "pipeline", "cleanup"];

/// Runs the measurements of these names, or every one. Memory is shown before and after them.
pub async fn run(parts: &[String]) -> Result<(), Error> {
    let site = Site::start().await?;
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|asked| asked == part);
    let end = measure(&site, wanted).await;
    // Both are tried whatever happened, so that a failed run leaves nothing behind either.
    let restored = site.restore_provider().await;
    rows::remove(&site.db).await?;
    restored.and(end)
}

async fn measure(site: &Site, wanted: impl Fn(&str) -> bool) -> Result<(), Error> {
    processes::print_memory("Memory, idle")?;
    if wanted("captures") {
        captures::measure().await?;
    }
    site.prepare().await?;
    if wanted("reads") {
        reads::measure(site).await?;
    }
    if wanted("frames") {
        frames::measure(site, "the real provider", frames::FEW).await?;
    }
    if wanted("exports") {
        exports::measure(site).await?;
    }
    let instant = InstantProvider::start().await?;
    site.ask_provider(&instant.endpoint).await?;
    if wanted("frames") {
        frames::measure(site, "an instant provider", frames::MANY).await?;
        frames::through_rtsp(site).await?;
    }
    if wanted("pipeline") {
        pipeline::on_demand(site).await?;
        pipeline::automatic(site).await?;
    }
    if wanted("cleanup") {
        cleanup::measure(site).await?;
    }
    processes::print_memory("Memory, after the load")
}

/// A heading between the figures.
fn heading(text: &str) {
    println!("\n{text}");
}

/// One figure.
fn figure(what: &str, value: &impl std::fmt::Display) {
    println!("  {what:<58} {value}");
}
