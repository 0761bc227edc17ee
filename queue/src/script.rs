//! The Lua scripts: each is the shared prelude, the shared parts that it needs, and its own file, loaded on first
//! use and called by its hash.

use std::sync::LazyLock;

use redislink::Script;

/// Refused by a Redis without memory: enqueueing.
const NEEDS_MEMORY: &str = "#!lua\n";
/// Runs on a full Redis too: these free memory, or hold what runs. Fetching is one of them, since a queue that cannot
/// be fetched from cannot drain.
const RUNS_WHEN_FULL: &str = "#!lua flags=allow-oom\n";

const PRELUDE: &str = include_str!("lua/prelude.lua");
const JOB: &str = include_str!("lua/job.lua");
const DUE: &str = include_str!("lua/due.lua");
const FORGET: &str = include_str!("lua/forget.lua");
const ENDED: &str = include_str!("lua/ended.lua");
const FINISH: &str = include_str!("lua/finish.lua");
const RARE: &str = include_str!("lua/rare.lua");
const RARE_OF_TURN: &str = include_str!("lua/rare_of_turn.lua");
const RARE_OF_ENQUEUE: &str = include_str!("lua/rare_of_enqueue.lua");
const SETTLE: &str = include_str!("lua/settle.lua");
const SETTLE_ONE: &str = include_str!("lua/settle_one.lua");
const REAP: &str = include_str!("lua/reap.lua");
const TAKE: &str = include_str!("lua/take.lua");
const PASSES: &str = include_str!("lua/passes.lua");

macro_rules! scripts {
    ($($name:ident = $flags:ident, [$($part:ident),*], $file:literal;)*) => {
        $(pub(crate) static $name: LazyLock<Script> =
            LazyLock::new(|| Script::new([$flags, PRELUDE, $($part,)* include_str!(concat!("lua/", $file))].concat()));)*
    };
}

scripts! {
    ENQUEUE = NEEDS_MEMORY, [RARE, JOB, FORGET, ENDED, FINISH, RARE_OF_ENQUEUE], "enqueue.lua";
    RETRY = NEEDS_MEMORY, [JOB], "retry.lua";
    BATCH = NEEDS_MEMORY, [JOB, FORGET, ENDED, FINISH], "batch.lua";
    TURN = RUNS_WHEN_FULL,
        [RARE, JOB, FORGET, ENDED, FINISH, DUE, SETTLE_ONE, REAP, PASSES, RARE_OF_TURN, ENDED, SETTLE, TAKE], "turn.lua";
    RENEW = RUNS_WHEN_FULL, [], "renew.lua";
    CANCEL = RUNS_WHEN_FULL, [JOB, FORGET, ENDED, FINISH], "cancel.lua";
    CONFIRM = RUNS_WHEN_FULL, [JOB, FORGET, ENDED, FINISH], "confirm.lua";
    HEARTBEAT = RUNS_WHEN_FULL, [], "heartbeat.lua";
    PROGRESS = NEEDS_MEMORY, [], "progress.lua";
    VIEW = RUNS_WHEN_FULL, [], "view.lua";
    LIST = RUNS_WHEN_FULL, [JOB], "list.lua";
    PRESENCE = RUNS_WHEN_FULL, [], "presence.lua";
    STATS = RUNS_WHEN_FULL, [JOB], "stats.lua";
    WORKERS = RUNS_WHEN_FULL, [], "workers.lua";
}
