//! A worker's turn: one script call that settles ended runs and takes jobs, or does either alone.

use std::time::Duration;

use redis::{Cmd, RedisError, Value};

use crate::connection::Link;
use crate::delivery::Fence;
use crate::millis;
use crate::packed::retention_args;
use crate::script::TURN;
use crate::worker::ack::{Ack, Verdict};
use crate::worker::shared::{Shared, Source};
use crate::worker::unpack::Fetched;

/// Names the fetch inside the fencing tokens of its jobs.
pub(crate) type Salt = [u8; 6];

/// What a turn asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn<'a> {
    pub(crate) acks: &'a [Ack],
    /// Jobs to take at most; their permits are held already.
    pub(crate) want: usize,
    /// The worker runs nothing: it may take a job that must run alone.
    pub(crate) idle: bool,
}

/// What it was answered.
#[derive(Debug)]
pub(crate) struct Turned {
    /// One per acknowledgement, as `lua/turn.lua` explains them.
    pub(crate) codes: Vec<u8>,
    pub(crate) fetched: Fetched,
}

impl Turn<'_> {
    /// Sends the call about the queue of this number.
    ///
    /// # Errors
    /// Redis does not answer, or the script fails: then nobody knows whether it ran.
    pub(crate) async fn send(
        &self,
        shared: &Shared,
        queue: usize,
        link: &Link,
    ) -> Result<Turned, RedisError> {
        let salt: Salt = rand::random();
        let call = self.call(shared, &shared.sources[queue], salt);
        let answer: Vec<Value> = TURN.run(link, &call).await?;
        shared.note_fetch(queue);
        Ok(Turned::read(answer, salt))
    }

    fn call(&self, shared: &Shared, source: &Source, salt: Salt) -> Cmd {
        let mut call = TURN.on(&source.base);
        call.arg(self.want).arg(millis::of(shared.options.lease)).arg(&shared.options.name);
        call.arg(salt.as_slice()).arg(u8::from(self.idle));
        call.arg(shared.names.len()).arg(&shared.names);
        for group in self.acks.chunk_by(Ack::ends_like) {
            let (op, x, y, text) = terms(&group[0]);
            call.arg(op).arg(&*group[0].kind).arg(x).arg(y).arg(text).arg(group.len());
            for ack in group {
                call.arg(ack.id.as_bytes()).arg(ack.fence.as_slice());
            }
        }
        call
    }
}

impl Turned {
    fn read(answer: Vec<Value>, salt: Salt) -> Self {
        let mut values = answer.into_iter();
        let codes = match values.next() {
            Some(Value::BulkString(digits)) => digits.iter().map(|digit| digit.wrapping_sub(b'0')).collect(),
            _ => Vec::new(),
        };
        Self { codes, fetched: Fetched::read(values, salt) }
    }
}

/// Letter, x, y and text of an ended run, in the terms of `lua/turn.lua`.
fn terms(ack: &Ack) -> (&'static str, i64, u32, String) {
    let (keep, at_most) = retention_args(ack.retention);
    match &ack.verdict {
        Verdict::Done(result) => ("d", keep, at_most, result.clone()),
        Verdict::Retry(error, delay) => ("t", ms(*delay), 0, json_text(error)),
        Verdict::Dead(error) => ("x", 0, 0, json_text(error)),
        Verdict::Cancelled(error) if error.is_empty() => ("c", 0, 0, String::new()),
        Verdict::Cancelled(error) => ("c", 0, 0, json_text(error)),
        Verdict::Snooze(delay) => ("z", ms(*delay), 0, String::new()),
        Verdict::HandBack => ("h", 0, 0, String::new()),
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// An error as a JSON string, at most 2,000 characters of it.
fn json_text(error: &str) -> String {
    let cut: String = error.chars().take(2000).collect();
    serde_json::Value::String(cut).to_string()
}

/// The fence of the job number `place` (from 1) of a fetch.
pub(crate) fn fence(salt: Salt, place: u16) -> Fence {
    let [a, b, c, d, e, f] = salt;
    let [high, low] = place.to_be_bytes();
    [a, b, c, d, e, f, high, low]
}
