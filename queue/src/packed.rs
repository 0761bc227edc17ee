//! The packed field of a job: everything that never changes about it, in one string. The layout of the head is
//! shared with `lua/prelude.lua`; the body is read in Rust only.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::error::QueueError;
use crate::job::{JobContext, NewJob};
use crate::millis;
use crate::options::{Backoff, JobOptions, Retention, Window};

/// Which gates a job has: `lua/prelude.lua` names the same bits.
pub(crate) mod flag {
    pub(crate) const CONCURRENCY: u8 = 1;
    pub(crate) const UNIQUE: u8 = 2;
    pub(crate) const RATE: u8 = 4;
    pub(crate) const EXPIRY: u8 = 8;
    pub(crate) const BATCH: u8 = 16;
    pub(crate) const DURABLE: u8 = 32;
    pub(crate) const ACTOR: u8 = 64;
    pub(crate) const COUNTERS: u8 = 128;
}

/// Marks a job of which only counters are kept.
const COUNTERS_ONLY: u32 = u32::MAX;

/// A packed field, read back.
#[derive(Debug)]
pub(crate) struct Unpacked {
    pub(crate) kind: Arc<str>,
    pub(crate) version: u16,
    pub(crate) priority: u8,
    pub(crate) max_attempts: u32,
    pub(crate) timeout: Duration,
    pub(crate) backoff: Backoff,
    pub(crate) retention: Retention,
    pub(crate) created_at: DateTime<Utc>,
    /// When it became due, by Redis's clock.
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) context: JobContext,
    pub(crate) payload: Box<RawValue>,
}

/// Packs a job; the place in front is added by the script, from Redis's clock.
pub(crate) fn pack(job: &NewJob) -> Vec<u8> {
    let options = &job.options;
    let name = format!("{}:{}", job.kind, job.version);
    let mut out = Vec::with_capacity(96 + name.len() + job.payload.get().len());
    out.extend([flags(job), options.priority]);
    out.extend(u16::try_from(options.max_attempts).unwrap_or(u16::MAX).to_be_bytes());
    out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    out.extend(name.as_bytes());
    let gates = pack_gates(job);
    out.extend(u16::try_from(gates.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend(gates);
    pack_body(job, &mut out);
    out
}

fn flags(job: &NewJob) -> u8 {
    let options = &job.options;
    let bit = |set: bool, bit: u8| if set { bit } else { 0 };
    bit(options.concurrency_key.is_some(), flag::CONCURRENCY)
        | bit(options.unique.is_some(), flag::UNIQUE)
        | bit(options.rate.is_some(), flag::RATE)
        | bit(options.expires_at.is_some(), flag::EXPIRY)
        | bit(options.batch.is_some(), flag::BATCH)
        | bit(options.durable, flag::DURABLE)
        | bit(job.context.actor.is_some(), flag::ACTOR)
        | bit(options.retention == Retention::CountersOnly, flag::COUNTERS)
}

/// The gates, in the order of their flags.
fn pack_gates(job: &NewJob) -> Vec<u8> {
    let options = &job.options;
    let mut out = Vec::new();
    if let Some(key) = &options.concurrency_key {
        put_text(&mut out, &key.key);
        out.extend(u16::try_from(key.limit).unwrap_or(u16::MAX).to_be_bytes());
    }
    if let Some(unique) = &options.unique {
        put_text(&mut out, &unique.key);
        let window = match unique.window {
            Window::UntilFinished => 0,
            Window::For(window) => millis::of(window).max(1),
        };
        out.extend(as_double(window).to_be_bytes());
    }
    if let Some(rate) = &options.rate {
        put_text(&mut out, &rate.key);
        out.extend(rate.limit.to_be_bytes());
        out.extend(as_double(millis::of(rate.period)).to_be_bytes());
    }
    if let Some(at) = options.expires_at {
        out.extend(as_double(at.timestamp_millis().unsigned_abs()).to_be_bytes());
    }
    if let Some(batch) = options.batch {
        out.extend(batch.0.0.as_bytes());
    }
    if let Some(actor) = job.context.actor {
        out.extend(actor.as_bytes());
    }
    out
}

fn pack_body(job: &NewJob, out: &mut Vec<u8>) {
    let options = &job.options;
    out.extend(created_ms(job.id).to_be_bytes());
    out.extend(short_ms(options.timeout).to_be_bytes());
    out.extend(short_ms(options.backoff.base).to_be_bytes());
    out.extend(short_ms(options.backoff.cap).to_be_bytes());
    let (keep, at_most) = match options.retention {
        Retention::CountersOnly => (COUNTERS_ONLY, 0),
        Retention::Keep { period, at_most } => (short_ms(period), at_most),
    };
    out.extend(keep.to_be_bytes());
    out.extend(at_most.to_be_bytes());
    put_text(out, job.context.request_id.as_deref().unwrap_or_default());
    put_text(out, job.context.traceparent.as_deref().unwrap_or_default());
    match job.context.actor {
        Some(actor) => out.extend(actor.as_bytes()),
        None => out.extend([0; 16]),
    }
    out.extend(job.payload.get().as_bytes());
}

/// The time inside a version 7 id; now for any other id.
fn created_ms(id: Uuid) -> u64 {
    match id.get_timestamp() {
        Some(time) => {
            let (seconds, nanos) = time.to_unix();
            seconds * 1000 + u64::from(nanos / 1_000_000)
        }
        None => Utc::now().timestamp_millis().unsigned_abs(),
    }
}

/// Milliseconds in 32 bits, below the mark: 49 days at most.
fn short_ms(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX).min(COUNTERS_ONLY - 1)
}

/// Lua's numbers are doubles: exact up to 2^53.
fn as_double(ms: u64) -> f64 {
    ms.min(1 << 53) as f64
}

/// Text with its length in front; cut at 64 kB.
fn put_text(out: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    out.extend(length.to_be_bytes());
    out.extend(text.as_bytes().iter().take(usize::from(length)));
}

/// Reads a packed field as it stands in Redis, place included.
pub(crate) fn unpack(packed: &[u8]) -> Result<Unpacked, QueueError> {
    read(packed).ok_or_else(|| QueueError::Corrupt("a packed job does not decode".to_owned()))
}

fn read(packed: &[u8]) -> Option<Unpacked> {
    let mut from = Reader(packed);
    let place = f64::from_be_bytes(from.array()?);
    let [_flags, priority] = from.array()?;
    let max_attempts = u32::from(u16::from_be_bytes(from.array()?));
    let [name_length] = from.array()?;
    let (kind, version) =
        std::str::from_utf8(from.bytes(usize::from(name_length))?).ok()?.rsplit_once(':')?;
    let gates = from.length()?;
    from.bytes(gates)?;
    let created_ms = i64::try_from(u64::from_be_bytes(from.array()?)).ok()?;
    let [timeout, base, cap] = [from.ms()?, from.ms()?, from.ms()?];
    let (keep, at_most) = (u32::from_be_bytes(from.array()?), u32::from_be_bytes(from.array()?));
    let request_id = from.text()?;
    let traceparent = from.text()?;
    let actor = Some(Uuid::from_bytes(from.array()?)).filter(|actor| !actor.is_nil());
    Some(Unpacked {
        kind: kind.into(),
        version: version.parse().ok()?,
        priority,
        max_attempts,
        timeout,
        backoff: Backoff { base, cap },
        retention: retention(keep, at_most),
        created_at: DateTime::from_timestamp_millis(created_ms)?,
        due_at: due_at(place, priority)?,
        context: JobContext { request_id, actor, traceparent },
        payload: RawValue::from_string(std::str::from_utf8(from.0).ok()?.to_owned()).ok()?,
    })
}

/// The place is the due time in µs less a minute for each step of priority.
fn due_at(place: f64, priority: u8) -> Option<DateTime<Utc>> {
    let seconds = place / 1e6 + f64::from(priority) * 60.0;
    let since_epoch = Duration::try_from_secs_f64(seconds).ok()?;
    DateTime::from_timestamp_micros(i64::try_from(since_epoch.as_micros()).ok()?)
}

fn retention(keep: u32, at_most: u32) -> Retention {
    if keep == COUNTERS_ONLY {
        return Retention::CountersOnly;
    }
    Retention::Keep { period: Duration::from_millis(u64::from(keep)), at_most }
}

/// How long and how many, in the terms of `lua/turn.lua`.
pub(crate) fn retention_args(retention: Retention) -> (i64, u32) {
    match retention {
        Retention::CountersOnly => (-1, 0),
        Retention::Keep { period, at_most } => (i64::from(short_ms(period)), at_most),
    }
}

/// When the job may start, in ms; 0 means at once.
pub(crate) fn run_at_ms(options: &JobOptions) -> i64 {
    options.run_at.map_or(0, |at| at.timestamp_millis().max(0))
}

/// Reads from the front of a byte string.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    fn length(&mut self) -> Option<usize> {
        self.array().map(u16::from_be_bytes).map(usize::from)
    }

    fn ms(&mut self) -> Option<Duration> {
        self.array().map(u32::from_be_bytes).map(u64::from).map(Duration::from_millis)
    }

    /// Text; the empty one stands for none.
    fn text(&mut self) -> Option<Option<String>> {
        let length = self.length()?;
        let text = std::str::from_utf8(self.bytes(length)?).ok()?;
        Some((!text.is_empty()).then(|| text.to_owned()))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_job_survives_packing_whole() {
        let mut job =
            NewJob::new("send_frame", 3, &serde_json::json!({"camera": 7}), JobOptions::on("capture"))
                .unwrap();
        job.context = JobContext {
            request_id: Some("req-1".to_owned()),
            actor: Some(Uuid::now_v7()),
            traceparent: Some("00-a-b-01".to_owned()),
        };
        job.options.retention = Retention::CountersOnly;
        let mut packed = 1.0_f64.to_be_bytes().to_vec();
        packed.extend(pack(&job));
        let back = unpack(&packed).unwrap();
        assert_eq!((&*back.kind, back.version, back.priority), ("send_frame", 3, 5));
        assert_eq!(back.context, job.context);
        assert_eq!(back.retention, Retention::CountersOnly);
        assert_eq!(back.payload.get(), job.payload.get());
        assert_eq!((back.timeout, back.backoff), (job.options.timeout, job.options.backoff));
    }

    #[test]
    fn a_cut_field_is_an_error_and_not_a_panic() {
        let job = NewJob::new("k", 1, &serde_json::json!([1, 2, 3]), JobOptions::on("q")).unwrap();
        let mut packed = 0.0_f64.to_be_bytes().to_vec();
        packed.extend(pack(&job));
        for length in 0..packed.len() {
            assert!(unpack(&packed[..length]).is_err());
        }
    }
}
