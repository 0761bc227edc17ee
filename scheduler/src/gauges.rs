//! What Prometheus learns of the queues and of the outbox as a whole. Any scheduler can tell, since the figures stand in Redis and
//! PostgreSQL. A figure that cannot be had is NaN, which `max` and every comparison of Prometheus leave out: neither a zero, nor what
//! was true before.

mod outbox;
mod queues;

use std::time::Duration;

use metrics::Gauge;
use platform::Shutdown;
use queue::Queues;
use sea_orm::DatabaseConnection;
use tokio::time::{sleep, timeout};

use crate::error::ReadError;
use crate::health::Health;

/// Shorter than any scrape interval, and cheap: one script a queue, one count of an index.
const EVERY: Duration = Duration::from_secs(2);
/// Longest wait for an answer: together with [`EVERY`], an outage shows within five seconds.
const ANSWER: Duration = Duration::from_secs(2);

/// Keeps the gauges of the queues up to date until `shutdown`, and tells `health` whether Redis answers.
pub(crate) async fn keep_queues(queues: Queues, health: Health, shutdown: Shutdown) {
    let mut board = queues::Board::default();
    while !shutdown.started() {
        let read = in_time(queues::read(&queues)).await;
        board.show(read.as_ref().ok());
        metrics::gauge!("rollcall_redis_up").set(up(&read));
        match read {
            Ok(_) => health.queues.beat(),
            Err(error) => health.queues.miss(&error),
        }
        rest(&shutdown).await;
    }
}

/// Keeps the gauges of the outbox up to date until `shutdown`. Whether the database answers, health knows by the ticks.
pub(crate) async fn keep_outbox(db: DatabaseConnection, shutdown: Shutdown) {
    while !shutdown.started() {
        let read = in_time(outbox::read(&db)).await;
        outbox::show(read.as_ref().ok());
        metrics::gauge!("rollcall_database_up").set(up(&read));
        rest(&shutdown).await;
    }
}

async fn in_time<T, E>(read: impl Future<Output = Result<T, E>>) -> Result<T, ReadError>
where
    ReadError: From<E>,
{
    Ok(timeout(ANSWER, read).await??)
}

async fn rest(shutdown: &Shutdown) {
    tokio::select! {
        () = shutdown.wait() => {}
        () = sleep(EVERY) => {}
    }
}

fn up<T>(read: &Result<T, ReadError>) -> f64 {
    f64::from(u8::from(read.is_ok()))
}

fn forget(gauge: &Gauge) {
    gauge.set(f64::NAN);
}
