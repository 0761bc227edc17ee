//! The names of keys in Redis. A queue's keys share the hash tag `{prefix:queue}`, so that each script stays in one
//! slot of a cluster; the registry of queues and workers has the tag `{prefix}`.

use crate::error::QueueError;

/// Makes the keys below one prefix.
#[derive(Debug, Clone)]
pub(crate) struct Keyspace {
    prefix: String,
}

impl Keyspace {
    pub(crate) fn new(prefix: &str) -> Result<Self, QueueError> {
        let is_safe = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if prefix.is_empty() || !prefix.chars().all(is_safe) {
            return Err(QueueError::Invalid("a key prefix has letters, digits and _ - . only".to_owned()));
        }
        Ok(Self { prefix: prefix.to_owned() })
    }

    /// The base key of a queue: `KEYS[1]` of its scripts.
    pub(crate) fn queue(&self, queue: &str) -> String {
        format!("{{{}:{queue}}}", self.prefix)
    }

    /// The base key of the registry of queues and workers.
    pub(crate) fn registry(&self) -> String {
        format!("{{{}}}", self.prefix)
    }

    /// The set of all queues' names.
    pub(crate) fn queues(&self) -> String {
        format!("{{{}}}:queues", self.prefix)
    }

    /// The list whose tokens wake any worker of the queue.
    pub(crate) fn wake(&self, queue: &str) -> String {
        format!("{}:wake", self.queue(queue))
    }

    /// The list whose tokens bring one worker's next renewal forward.
    pub(crate) fn own_wake(&self, queue: &str, worker: &str) -> String {
        format!("{}:wake:{worker}", self.queue(queue))
    }

    /// Paused flag and rate of a queue.
    pub(crate) fn meta(&self, queue: &str) -> String {
        format!("{}:meta", self.queue(queue))
    }

    /// One of the queue's keys by its suffix.
    #[cfg(test)]
    pub(crate) fn part(&self, queue: &str, part: &str) -> String {
        format!("{}:{part}", self.queue(queue))
    }
}
