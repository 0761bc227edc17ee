//! Acknowledgements, gathered into batches of 64 jobs or 1 ms, sent until they have a definite answer. Until then the
//! job keeps its permit and its lease is renewed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use redis::{Cmd, ErrorKind, RedisError, ServerErrorKind};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

use crate::delivery::Fence;
use crate::job::JobId;
use crate::options::Retention;
use crate::packed::retention_args;
use crate::script::ACKNOWLEDGE;
use crate::worker::shared::Shared;

/// Most jobs of a batch.
const BATCH: usize = 64;
/// How long a batch waits for company.
const COMPANY: Duration = Duration::from_millis(1);
/// A script error that does not go away is a defect: after this many tries the job is left to its lease.
const TRIES_ON_DEFECT: u32 = 10;

/// What is to become of a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// Succeeded; the result as JSON, empty for none.
    Done(String),
    /// Try again after the delay.
    Retry(String, Duration),
    /// Failed for good.
    Dead(String),
    /// Called off; why, if the handler said.
    Cancelled(String),
    /// Come back later, unspent.
    Snooze(Duration),
    /// The worker goes; unspent.
    HandBack,
}

impl Verdict {
    /// The label of the metrics.
    pub(crate) const fn label(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Retry(..) => "retry",
            Self::Dead(_) => "dead",
            Self::Cancelled(_) => "cancelled",
            Self::Snooze(_) => "snooze",
            Self::HandBack => "handed_back",
        }
    }
}

/// Redis's word on an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The outcome stands.
    Applied,
    /// It stood already: the first answer was lost.
    AlreadyApplied,
    /// Another run has the job, or none; nothing was changed.
    NotYours,
}

impl Answer {
    fn read(code: u8, retention: Retention) -> Self {
        match code {
            1 => Self::Applied,
            2 => Self::AlreadyApplied,
            // Of a job of which only counters are kept, nothing is left to compare with once it is done.
            3 if retention == Retention::CountersOnly => Self::AlreadyApplied,
            _ => Self::NotYours,
        }
    }
}

/// One acknowledgement.
#[derive(Debug)]
pub(crate) struct Ack {
    pub(crate) source: usize,
    pub(crate) id: JobId,
    pub(crate) fence: Fence,
    pub(crate) kind: Arc<str>,
    pub(crate) retention: Retention,
    pub(crate) verdict: Verdict,
    pub(crate) reply: Option<oneshot::Sender<Answer>>,
}

/// Gathers and sends until every sender is gone.
pub(crate) async fn ack_loop(shared: Arc<Shared>, mut incoming: mpsc::UnboundedReceiver<Ack>) {
    let flushing = Arc::new(AtomicUsize::new(0));
    while let Some(first) = incoming.recv().await {
        let batch = gather(&shared, &mut incoming, first, &flushing).await;
        flushing.fetch_add(batch.len(), Ordering::AcqRel);
        for (source, acks) in by_source(batch) {
            let (shared, flushing) = (Arc::clone(&shared), Arc::clone(&flushing));
            tokio::spawn(async move {
                let count = acks.len();
                settle(&shared, source, acks).await;
                flushing.fetch_sub(count, Ordering::AcqRel);
            });
        }
    }
}

/// Waits for company, but not when nothing else runs that could bring some.
async fn gather(
    shared: &Shared,
    incoming: &mut mpsc::UnboundedReceiver<Ack>,
    first: Ack,
    flushing: &AtomicUsize,
) -> Vec<Ack> {
    let mut batch = vec![first];
    let deadline = Instant::now() + COMPANY;
    while batch.len() < BATCH {
        if let Ok(next) = incoming.try_recv() {
            batch.push(next);
            continue;
        }
        if batch.len() + flushing.load(Ordering::Acquire) >= shared.in_flight() {
            break;
        }
        match timeout_at(deadline, incoming.recv()).await {
            Ok(Some(next)) => batch.push(next),
            Ok(None) | Err(_) => break,
        }
    }
    batch
}

fn by_source(batch: Vec<Ack>) -> BTreeMap<usize, Vec<Ack>> {
    let mut groups: BTreeMap<usize, Vec<Ack>> = BTreeMap::new();
    for ack in batch {
        groups.entry(ack.source).or_default().push(ack);
    }
    groups
}

/// Sends one queue's acknowledgements until they are answered, then frees the permits.
async fn settle(shared: &Shared, source: usize, acks: Vec<Ack>) {
    let codes = send(shared, source, &acks).await;
    shared.running.leave(acks.iter().map(|ack| &ack.fence));
    shared.release(source, acks.len());
    for (ack, code) in acks.into_iter().zip(codes) {
        let answer = Answer::read(code, ack.retention);
        if answer == Answer::NotYours {
            tracing::warn!(job_id = %ack.id, kind = %ack.kind, "the lease was lost before the job was acknowledged");
        }
        if let Some(reply) = ack.reply {
            // Nobody waits for the answer of a run whose service was dropped.
            let _ = reply.send(answer);
        }
    }
}

async fn send(shared: &Shared, source: usize, acks: &[Ack]) -> Vec<u8> {
    let Some(base) = shared.sources.get(source).map(|source| source.base.as_str()) else {
        return Vec::new();
    };
    let call = acknowledge_call(base, acks);
    let mut tries = 0;
    loop {
        match ACKNOWLEDGE.run::<Vec<u8>>(&shared.ack_link, &call).await {
            Ok(codes) => return codes,
            Err(error) if tries >= TRIES_ON_DEFECT && is_defect(&error) => {
                tracing::error!(%error, jobs = acks.len(), "acknowledgement refused; the jobs are left to their leases");
                return vec![0; acks.len()];
            }
            Err(error) => shared.note_failure("acknowledge", &error),
        }
        tries += 1;
        sleep(shared.pause_before(tries)).await;
    }
}

fn is_defect(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::ResponseError)
}

fn acknowledge_call(base: &str, acks: &[Ack]) -> Cmd {
    let mut call = ACKNOWLEDGE.on(base);
    for ack in acks {
        call.arg(ack.id.as_bytes()).arg(ack.fence.as_slice());
        let (keep, at_most) = retention_args(ack.retention);
        let (op, x, text) = match &ack.verdict {
            Verdict::Done(result) => ("d", keep, result.clone()),
            Verdict::Retry(error, delay) => ("t", ms(*delay), json_text(error)),
            Verdict::Dead(error) => ("x", 0, json_text(error)),
            Verdict::Cancelled(error) if error.is_empty() => ("c", 0, String::new()),
            Verdict::Cancelled(error) => ("c", 0, json_text(error)),
            Verdict::Snooze(delay) => ("z", ms(*delay), String::new()),
            Verdict::HandBack => ("h", 0, String::new()),
        };
        call.arg(op).arg(&*ack.kind).arg(x).arg(at_most).arg(text);
    }
    call
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// An error as a JSON string, at most 2,000 characters of it.
fn json_text(error: &str) -> String {
    let cut: String = error.chars().take(2000).collect();
    serde_json::Value::String(cut).to_string()
}
