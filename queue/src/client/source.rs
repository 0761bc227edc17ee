//! One queue's part of a list, read through `list.lua`.

use redis::{Cmd, FromRedisValue};
use uuid::Uuid;

use crate::client::inspect::read_columns;
use crate::client::{JobFilter, Queues};
use crate::connection::classify;
use crate::error::QueueError;
use crate::script::LIST;
use crate::view::JobView;

/// A time in ms by which lists are ordered, highest first; `list.lua` says of what.
pub(super) type Key = i64;

/// Above every job.
pub(super) const TOP: Key = 1 << 43;

/// The jobs of one queue that a filter wants.
pub(super) struct Source<'a> {
    queues: &'a Queues,
    filter: &'a JobFilter,
    queue: String,
}

/// How many jobs there are, and between which keys.
pub(super) struct Spread {
    /// Jobs in sets, which can be counted from any key on.
    pub(super) in_sets: u64,
    /// The lowest of their keys.
    pub(super) low: Key,
    /// The highest.
    pub(super) high: Key,
    /// The keys of the others, highest first.
    pub(super) others: Vec<Key>,
}

/// Jobs in the order of the list, each with its key.
pub(super) struct Taken {
    pub(super) total: u64,
    pub(super) jobs: Vec<(Key, JobView)>,
}

impl<'a> Source<'a> {
    pub(super) fn new(queues: &'a Queues, filter: &'a JobFilter, queue: String) -> Self {
        Self { queues, filter, queue }
    }

    pub(super) async fn spread(&self) -> Result<Spread, QueueError> {
        let (in_sets, low, high, others) = self.ask(&self.call("spread")).await?;
        Ok(Spread { in_sets, low, high, others })
    }

    /// How many jobs in sets stand above each key.
    pub(super) async fn above(&self, keys: &[Key]) -> Result<Vec<u64>, QueueError> {
        let mut call = self.call("above");
        call.arg(keys);
        self.ask(&call).await
    }

    /// The keys of the jobs in sets above `low` and up to `high`, in no order; only where there are few.
    pub(super) async fn keys(&self, low: Key, high: Key) -> Result<Vec<Key>, QueueError> {
        let mut call = self.call("keys");
        call.arg(low).arg(high);
        self.ask(&call).await
    }

    /// Up to `size` jobs at or below `key`, without the first `pass` at it.
    pub(super) async fn take(&self, key: Key, pass: u64, size: usize) -> Result<Taken, QueueError> {
        let mut call = self.call("take");
        call.arg(key).arg(pass).arg(size);
        let (total, keys, ids, packed, run, log, result, progress): Answer = self.ask(&call).await?;
        let ids: Vec<Uuid> = ids.iter().filter_map(|id| Uuid::from_slice(id).ok()).collect();
        let jobs = read_columns(&self.queue, &ids, (packed, run, log, result, progress))?;
        let known = keys.into_iter().zip(jobs).filter_map(|(key, job)| Some((key, job?)));
        Ok(Taken { total, jobs: known.collect() })
    }

    fn call(&self, what: &str) -> Cmd {
        let mut call = LIST.on(&self.queues.keys().queue(&self.queue));
        call.arg(self.filter.kind.as_deref().unwrap_or_default());
        call.arg(self.filter.state.map_or("", |state| state.as_str()));
        call.arg(self.filter.actor.map_or_else(Vec::new, |actor| actor.as_bytes().to_vec()));
        call.arg(what);
        call
    }

    async fn ask<T: FromRedisValue>(&self, call: &Cmd) -> Result<T, QueueError> {
        LIST.run(self.queues.link(), call).await.map_err(|e| classify(e, &self.queue))
    }
}

/// Total, keys, ids and five columns of fields.
type Answer = (
    u64,
    Vec<Key>,
    Vec<Vec<u8>>,
    Vec<Option<Vec<u8>>>,
    Vec<Option<Vec<u8>>>,
    Vec<Option<String>>,
    Vec<Option<String>>,
    Vec<Option<String>>,
);
