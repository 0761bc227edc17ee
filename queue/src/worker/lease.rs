//! Leases are renewed, and the worker reports itself, on a thread of its own with a connection of its own: handlers
//! that keep every runtime thread busy cannot starve them, and after an outage renewals are first.

use std::sync::Arc;

use redis::{RedisError, Value};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::connection::Link;
use crate::delivery::Fence;
use crate::error::BackendError;
use crate::millis;
use crate::script::RENEW;
use crate::worker::health::Place;
use crate::worker::registry::Registry;
use crate::worker::running::{Entry, StopReason};
use crate::worker::shared::Shared;

/// Most leases of one call.
const MOST: usize = 500;

/// Starts the thread; it ends when the worker has stopped.
pub(crate) fn spawn(shared: Arc<Shared>) -> Result<(), BackendError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(BackendError::Thread)?;
    let body = move || runtime.block_on(keep(shared));
    std::thread::Builder::new().name("leases".to_owned()).spawn(body).map(drop).map_err(BackendError::Thread)
}

async fn keep(shared: Arc<Shared>) {
    let link = shared.queues.new_link(shared.options.lease / 2);
    let registry = Registry::new(Arc::clone(&shared));
    tokio::select! {
        () = shared.stopped.cancelled() => {}
        () = renew_loop(&shared, &link) => {}
        () = registry.report_loop() => {}
    }
    // A goodbye is a courtesy: a worker that cannot say it is forgotten by its silence.
    let _ = timeout(shared.options.retry_cap, registry.leave()).await;
}

async fn renew_loop(shared: &Shared, link: &Link) {
    let mut tick = interval(shared.options.renew_every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = shared.renew_now.notified() => {}
        }
        for source in 0..shared.sources.len() {
            renew_queue(shared, link, source).await;
        }
    }
}

/// Renews every lease of one queue. A failure cancels nothing: the lease clock stands still while Redis is away.
async fn renew_queue(shared: &Shared, link: &Link, source: usize) {
    let runs = shared.running.of(source);
    if runs.is_empty() && shared.health.is_away(Place::Queue(source)) {
        // A worker whose permits are all taken does not fetch: only this call can tell that the queue's server is back.
        return renew(shared, link, source, &[]).await;
    }
    for chunk in runs.chunks(MOST) {
        renew(shared, link, source, chunk).await;
    }
}

async fn renew(shared: &Shared, link: &Link, source: usize, runs: &[(Fence, Entry)]) {
    let mut call = RENEW.on(&shared.sources[source].base);
    call.arg(millis::of(shared.options.lease));
    for (fence, entry) in runs {
        call.arg(entry.id.as_bytes()).arg(fence.as_slice());
    }
    let answer: Result<Vec<Value>, RedisError> = RENEW.run(link, &call).await;
    match answer {
        Ok(to_stop) => {
            shared.note_answer(Place::Queue(source));
            stop(runs.iter().map(|(_, entry)| entry), &to_stop);
        }
        Err(error) => shared.note_failure(Place::Queue(source), "renew", &error),
    }
}

/// The answer names the runs that are to stop, and why.
fn stop<'a>(entries: impl Iterator<Item = &'a Entry>, to_stop: &[Value]) {
    if to_stop.is_empty() {
        return;
    }
    for entry in entries {
        let named =
            to_stop.chunks_exact(2).find(|pair| pair[0] == Value::BulkString(entry.id.as_bytes().to_vec()));
        match named.map(|pair| &pair[1]) {
            Some(Value::BulkString(why)) if why == b"c" => entry.stop.request(StopReason::Cancelled),
            Some(_) => entry.stop.request(StopReason::LeaseLost),
            None => {}
        }
    }
}
