//! A worker without loops: it fetches, renews and acknowledges when it is told to, and never by itself.

use redis::Value;
use uuid::Uuid;

use super::redis_server::RedisServer;
use crate::script::{RENEW, TURN};
use crate::{JobId, Queues, QueuesConfig};

/// The queue of every job of these tests.
pub(super) const QUEUE: &str = "main";
/// The kinds that every worker knows.
pub(super) const KINDS: [&str; 2] = ["one", "two"];
/// How long a lease is, in ms of the lease clock: short, so that a walk loses some.
pub(super) const LEASE: i64 = 3_000;
/// When every test begins, in ms since 1970.
pub(super) const BEGIN: i64 = 1_800_000_000_000;

/// The fencing token of a run.
pub(super) type Fence = [u8; 8];

/// A server of its own, whose clock stands still but for what the test does to it.
pub(super) struct Stage {
    pub(super) queues: Queues,
    pub(super) server: RedisServer,
    pub(super) now: i64,
    fetches: u32,
}

/// What a fetch brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Haul {
    /// 0, 1 to become idle, 2 for a job that runs alone.
    pub(super) alone: u8,
    pub(super) runs: Vec<Run>,
}

/// A job in some worker's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) id: JobId,
    pub(super) fence: Fence,
    pub(super) attempt: u32,
}

/// How a run ends, in the letters of `turn.lua`, and a delay in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) op: char,
    pub(super) delay: i64,
    pub(super) keep_ms: i64,
    pub(super) keep_count: u32,
}

impl Ending {
    pub(super) fn of(op: char, delay: i64) -> Self {
        Self { op, delay, keep_ms: 86_400_000, keep_count: 100_000 }
    }
}

impl Stage {
    pub(super) async fn set() -> Self {
        let server = RedisServer::with_clock();
        let queues = Queues::connect(&server.url(), QueuesConfig::default()).await.unwrap();
        let stage = Self { queues, server, now: BEGIN, fetches: 0 };
        stage.server.clock().set(BEGIN, 0);
        stage
    }

    /// Forgets everything, for the next walk.
    pub(super) async fn clear(&mut self) {
        let _: String = self.queues.link().call(&redis::cmd("FLUSHALL")).await.unwrap();
        self.step_clock(BEGIN - self.now);
    }

    /// Moves the clock forward or, with a negative number, back.
    pub(super) fn step_clock(&mut self, ms: i64) {
        self.now += ms;
        self.server.clock().set(self.now, 0);
    }

    fn base(&self) -> String {
        self.queues.keys().queue(QUEUE)
    }

    pub(super) async fn fetch(&mut self, worker: &str, want: usize, idle: bool) -> Haul {
        self.fetches += 1;
        let salt = [&self.fetches.to_be_bytes()[..], &[7, 7]].concat();
        let mut call = TURN.on(&self.base());
        call.arg(want).arg(LEASE).arg(worker).arg(&salt).arg(u8::from(idle)).arg(KINDS.len());
        call.arg(KINDS.map(|kind| format!("{kind}:1")).as_slice());
        let answer: Vec<Value> = TURN.run(self.queues.link(), &call).await.unwrap();
        let alone = redis::from_redis_value(answer[2].clone()).unwrap();
        let fences = (1_u16..).map(|place| [&salt[..], &place.to_be_bytes()].concat());
        let runs =
            answer[3..].chunks_exact(3).zip(fences).map(|(fields, fence)| run_of(fields, &fence)).collect();
        Haul { alone, runs }
    }

    /// Answers for each run: 1 applied, 2 already applied, 0 not yours, 3 no record.
    pub(super) async fn acknowledge(&self, runs: &[Run], kind: &str, ending: Ending) -> Vec<u8> {
        let mut call = TURN.on(&self.base());
        call.arg(0).arg(LEASE).arg("").arg("").arg(0).arg(0);
        let (x, text) = match ending.op {
            'd' => (ending.keep_ms, ""),
            't' => (ending.delay, "\"failed\""),
            'x' => (0, "\"failed\""),
            _ => (ending.delay, ""),
        };
        call.arg(ending.op.to_string()).arg(kind).arg(x).arg(ending.keep_count).arg(text).arg(runs.len());
        for run in runs {
            call.arg(run.id.as_bytes()).arg(run.fence.as_slice());
        }
        let (codes, ..): (Vec<u8>, i64, u8) = TURN.run(self.queues.link(), &call).await.unwrap();
        codes.into_iter().map(|digit| digit - b'0').collect()
    }

    /// Answers which runs are to stop: `l` for a lost lease, `c` for a cancelled job.
    pub(super) async fn renew(&self, runs: &[Run]) -> Vec<(JobId, char)> {
        let mut call = RENEW.on(&self.base());
        call.arg(LEASE);
        for run in runs {
            call.arg(run.id.as_bytes()).arg(run.fence.as_slice());
        }
        let answer: Vec<Vec<u8>> = RENEW.run(self.queues.link(), &call).await.unwrap();
        let pairs = answer.chunks_exact(2);
        pairs.map(|pair| (Uuid::from_slice(&pair[0]).unwrap(), char::from(pair[1][0]))).collect()
    }
}

fn run_of(fields: &[Value], fence: &[u8]) -> Run {
    let [Value::BulkString(id), Value::Int(attempt), _] = fields else {
        panic!("a fetch answers otherwise: {fields:?}");
    };
    Run {
        id: Uuid::from_slice(id).unwrap(),
        fence: fence.try_into().unwrap(),
        attempt: u32::try_from(*attempt).unwrap(),
    }
}
