//! The Lua scripts: each is the shared prelude, the shared parts that it needs, and its own file, loaded on first
//! use and called by its hash.

use std::sync::LazyLock;

use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, ServerErrorKind};

use crate::connection::Link;

/// A script and its hash.
pub(crate) struct Script {
    code: String,
    hash: String,
}

/// Refused by a Redis without memory: enqueueing.
const NEEDS_MEMORY: &str = "#!lua\n";
/// Runs on a full Redis too: these free memory, or hold what runs. Fetching is one of them, since a queue that cannot
/// be fetched from cannot drain.
const RUNS_WHEN_FULL: &str = "#!lua flags=allow-oom\n";

const PRELUDE: &str = include_str!("lua/prelude.lua");
const JOB: &str = include_str!("lua/job.lua");
const DUE: &str = include_str!("lua/due.lua");
const FINISH: &str = include_str!("lua/finish.lua");
const SETTLE: &str = include_str!("lua/settle.lua");
const REAP: &str = include_str!("lua/reap.lua");
const TAKE: &str = include_str!("lua/take.lua");

macro_rules! scripts {
    ($($name:ident = $flags:ident, [$($part:ident),*], $file:literal;)*) => {
        $(pub(crate) static $name: LazyLock<Script> =
            LazyLock::new(|| Script::new(&[$flags, PRELUDE, $($part,)* include_str!(concat!("lua/", $file))]));)*
    };
}

scripts! {
    ENQUEUE = NEEDS_MEMORY, [JOB, FINISH], "enqueue.lua";
    RETRY = NEEDS_MEMORY, [JOB], "retry.lua";
    BATCH = NEEDS_MEMORY, [JOB, FINISH], "batch.lua";
    TURN = RUNS_WHEN_FULL, [JOB, DUE, FINISH, SETTLE, REAP, TAKE], "turn.lua";
    RENEW = RUNS_WHEN_FULL, [], "renew.lua";
    CANCEL = RUNS_WHEN_FULL, [JOB, FINISH], "cancel.lua";
    CONFIRM = RUNS_WHEN_FULL, [JOB, FINISH], "confirm.lua";
    HEARTBEAT = RUNS_WHEN_FULL, [], "heartbeat.lua";
    PROGRESS = NEEDS_MEMORY, [], "progress.lua";
    VIEW = RUNS_WHEN_FULL, [], "view.lua";
    PRESENCE = RUNS_WHEN_FULL, [], "presence.lua";
    STATS = RUNS_WHEN_FULL, [JOB], "stats.lua";
    WORKERS = RUNS_WHEN_FULL, [], "workers.lua";
}

impl Script {
    fn new(parts: &[&str]) -> Self {
        let code = parts.concat();
        let hash = redis::Script::new(&code).get_hash().to_owned();
        Self { code, hash }
    }

    /// A call on the keys below `base`; arguments are to follow.
    pub(crate) fn on(&self, base: &str) -> Cmd {
        let mut command = redis::cmd("EVALSHA");
        command.arg(&self.hash).arg(1).arg(base);
        command
    }

    /// Sends a call made by [`Script::on`], loading the script if the server does not know it.
    pub(crate) async fn run<T: FromRedisValue>(&self, link: &Link, call: &Cmd) -> Result<T, RedisError> {
        match link.call(call).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                link.call::<String>(redis::cmd("SCRIPT").arg("LOAD").arg(&self.code)).await?;
                link.call(call).await
            }
            answer => answer,
        }
    }
}
