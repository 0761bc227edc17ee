//! Load on the API from threads with a connection each. The open loop sends at fixed times and counts from those, so that a slow
//! answer also costs the requests that had to wait behind it (no coordinated omission); the closed loop sends the next request as
//! soon as the last is answered.

use std::{
    hint, io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use futures_util::future::{join, try_join_all};
use tokio::task::spawn_blocking;

use super::{
    latencies::Latencies,
    wire::{Connection, Target},
};
use crate::error::Error;

/// Requests a second of the open loop.
pub const RATE: u32 = 100;
/// Connections of the closed loop.
pub const CONNECTIONS: u32 = 32;

/// Connections of the open loop: enough that one is free while answers take less than 160 ms.
const SENDERS: u32 = 16;
/// Time in which all connections are opened.
const LEAD: Duration = Duration::from_millis(100);
/// A sleeping thread wakes up too late by about this: the rest of the wait is spent awake.
const WAKE_UP: Duration = Duration::from_micros(300);

/// GETs `path` at [`RATE`], for `seconds`.
pub async fn open_loop(target: &Target, path: &str, seconds: u32) -> Result<Latencies, Error> {
    let start = Instant::now() + LEAD;
    let senders =
        (0..SENDERS).map(|first| sender(target, path, first, start, move |turn| turn < RATE * seconds));
    let all: Vec<Vec<Duration>> = try_join_all(senders).await?;
    Ok(all.into_iter().flatten().collect())
}

/// GETs `paths` in turn, at [`RATE`] in all, until `work` has ended; answers with what came of it, and the latencies of each path.
pub async fn open_loop_while<T>(
    target: &Target,
    paths: &[&str],
    work: impl Future<Output = Result<T, Error>>,
) -> Result<(T, Vec<Latencies>), Error> {
    let (start, over) = (Instant::now() + LEAD, Arc::new(AtomicBool::new(false)));
    let senders = paths.iter().cycle().zip(0..SENDERS).map(|(path, first)| {
        let over = Arc::clone(&over);
        sender(target, path, first, start, move |_| !over.load(Ordering::Relaxed))
    });
    let work = async {
        let end = work.await;
        over.store(true, Ordering::Relaxed);
        end
    };
    let (end, all) = join(work, try_join_all(senders)).await;
    let (end, all) = (end?, all?);
    let of_path = |index| all.iter().skip(index).step_by(paths.len()).flatten().copied().collect();
    Ok((end, (0..paths.len()).map(of_path).collect()))
}

/// Every [`SENDERS`]th request of an open loop, over a connection of its own, for as long as `goes_on` says of its turn.
async fn sender(
    target: &Target,
    path: &str,
    first: u32,
    start: Instant,
    goes_on: impl Fn(u32) -> bool + Send + 'static,
) -> Result<Vec<Duration>, Error> {
    let (address, request) = (target.address.clone(), target.get(path));
    in_a_thread(move || {
        let mut connection = Connection::open(&address)?;
        let turns = (first..).step_by(SENDERS as usize).take_while(|turn| goes_on(*turn));
        turns
            .map(|turn| timed(&mut connection, &request, start + Duration::from_secs(1) * turn / RATE))
            .collect()
    })
    .await
}

fn timed(connection: &mut Connection, request: &[u8], due: Instant) -> io::Result<Duration> {
    thread::sleep((due - WAKE_UP).saturating_duration_since(Instant::now()));
    while Instant::now() < due {
        hint::spin_loop();
    }
    connection.call(request)?;
    Ok(due.elapsed())
}

/// GETs `path` so often, one after the other.
pub async fn one_by_one(target: &Target, path: &str, times: u32) -> Result<Latencies, Error> {
    let (address, request) = (target.address.clone(), target.get(path));
    in_a_thread(move || {
        let mut connection = Connection::open(&address)?;
        (0..times).map(|_| timed(&mut connection, &request, Instant::now())).collect()
    })
    .await
}

/// GETs `path` over [`CONNECTIONS`] connections without a pause, for `length`; answers how many requests that were.
pub async fn closed_loop(target: &Target, path: &str, length: Duration) -> Result<usize, Error> {
    let (request, end) = (target.get(path), Instant::now() + length);
    let senders = (0..CONNECTIONS).map(|_| {
        let (address, request) = (target.address.clone(), request.clone());
        in_a_thread(move || {
            let (mut connection, mut count) = (Connection::open(&address)?, 0);
            while Instant::now() < end {
                connection.call(&request)?;
                count += 1;
            }
            Ok(count)
        })
    });
    Ok(try_join_all(senders).await?.into_iter().sum())
}

/// Sends each request once, over [`CONNECTIONS`] connections, as fast as they are answered.
pub async fn send_all(target: &Target, requests: Vec<Vec<u8>>) -> Result<(), Error> {
    let waiting = Arc::new(Mutex::new(requests));
    let senders = (0..CONNECTIONS).map(|_| {
        let (address, waiting) = (target.address.clone(), Arc::clone(&waiting));
        in_a_thread(move || {
            let mut connection = Connection::open(&address)?;
            let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
            while let Some(request) = next() {
                connection.call(&request)?;
            }
            Ok(())
        })
    });
    try_join_all(senders).await.map(drop)
}

async fn in_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let done =
        spawn_blocking(work).await.map_err(|_| Error::Unexpected("a thread of the bench ended early"))?;
    done.map_err(|error| Error::Failed(format!("the API did not answer a request of the load: {error}")))
}
