//! Sends acknowledgements until they have a definite answer; until then the job keeps its permit and its lease is
//! renewed. One goes out at once when nothing else is on its way; those that come meanwhile gather. When its queue is
//! the only one with work, a batch brings as many new jobs back with it as it ended.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::{ErrorKind, RedisError, ServerErrorKind};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use crate::worker::ack::Ack;
use crate::worker::health::Place;
use crate::worker::intake::{Intake, MOST};
use crate::worker::turn::{Turn, Turned};

/// How long acknowledgements gather at most while others are on their way.
const COMPANY: Duration = Duration::from_millis(1);
/// A script error that does not go away is a defect: after this many tries the job is left to its lease.
const TRIES_ON_DEFECT: u32 = 10;

/// Gathers and sends until the worker has stopped.
pub(crate) async fn settle_loop(intake: Arc<Intake>, mut incoming: mpsc::UnboundedReceiver<Ack>) {
    let shared = Arc::clone(&intake.shared);
    // Half of the permits: one half is on its way while the other runs, and neither Redis nor the worker is idle.
    let full = (shared.options.concurrency / 2).clamp(1, MOST);
    let mut waiting = Vec::new();
    let mut flights = FuturesUnordered::new();
    let mut since = Instant::now();
    loop {
        let was_empty = waiting.is_empty();
        tokio::select! {
            biased;
            () = shared.stopped.cancelled() => return,
            Some(()) = flights.next(), if !flights.is_empty() => {}
            _ = incoming.recv_many(&mut waiting, MOST) => {}
            () = sleep_until(since + COMPANY), if !was_empty => {}
        }
        if was_empty {
            since = Instant::now();
        }
        if waiting.is_empty() {
            continue;
        }
        if flights.is_empty() && waiting.len() < full {
            // Handlers that are ready to end do so now, and their jobs come along.
            tokio::task::yield_now().await;
            while let Ok(ack) = incoming.try_recv() {
                waiting.push(ack);
            }
        }
        if flights.is_empty() || waiting.len() >= full || since.elapsed() >= COMPANY {
            flights.extend(batches(std::mem::take(&mut waiting)).map(|batch| settle(&intake, batch)));
        }
    }
}

/// Batches of one queue each.
fn batches(mut acks: Vec<Ack>) -> impl Iterator<Item = Vec<Ack>> {
    acks.sort_by_key(|ack| ack.source);
    let mut batches: Vec<Vec<Ack>> = Vec::new();
    for ack in acks {
        match batches.last_mut() {
            Some(batch) if batch[0].source == ack.source && batch.len() < MOST => batch.push(ack),
            _ => batches.push(vec![ack]),
        }
    }
    batches.into_iter()
}

/// Sends one batch until it is answered, then passes its permits to the jobs that came with the answer, and frees the
/// rest.
async fn settle(intake: &Intake, acks: Vec<Ack>) {
    let Some(source) = acks.first().map(|ack| ack.source) else { return };
    let (want, turned) = send(intake, source, &acks).await;
    let shared = &intake.shared;
    shared.running.leave(acks.iter().map(|ack| &ack.fence));
    let mut codes = Vec::new();
    let mut taken = 0;
    if let Some(turned) = turned {
        codes = turned.codes;
        taken = if want > 0 { intake.accept(source, want, false, turned.fetched) } else { 0 };
    }
    shared.release(source, acks.len() - taken);
    let codes = codes.into_iter().chain(std::iter::repeat(0));
    acks.into_iter().zip(codes).for_each(|(ack, code)| ack.answer(code));
}

/// How many jobs were asked for, and the answer; none when the script refuses for good. After a failure nothing is
/// asked for: the answer that was lost may have held jobs, which their leases return.
async fn send(intake: &Intake, source: usize, acks: &[Ack]) -> (usize, Option<Turned>) {
    let shared = &intake.shared;
    let mut want = if intake.may_take_now(source) { acks.len() } else { 0 };
    let mut tries = 0;
    loop {
        let turn = Turn { acks, want, idle: false };
        match turn.send(shared, source, &shared.ack_link).await {
            Ok(turned) => return (want, Some(turned)),
            Err(error) if tries >= TRIES_ON_DEFECT && is_defect(&error) => {
                tracing::error!(%error, jobs = acks.len(), "acknowledgement refused; the jobs are left to their leases");
                return (0, None);
            }
            Err(error) => shared.note_failure(Place::Queue(source), "acknowledge", &error),
        }
        (tries, want) = (tries + 1, 0);
        sleep(shared.pause_before(tries)).await;
    }
}

fn is_defect(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::ResponseError)
}
