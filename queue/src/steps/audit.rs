//! Compares everything that stands in Redis with the model: each set must hold the very jobs that the model says, and there
//! must be no key that the model knows nothing of.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::hands::{KINDS, Stage};
use super::job::Job;
use super::model::Model;
use crate::record::RunRecord;
use crate::{JobId, JobState};

/// Ids by the part of the key that follows the queue's base.
type Sets = BTreeMap<String, BTreeSet<JobId>>;

/// Parts that hold figures, tokens and records, not places of jobs; their number does not grow with the jobs.
const PLAIN: [&str; 9] = ["j", "r", "log", "res", "count", "rate", "meta", "kinds", "wake"];

/// Every key below the queue's base with its members; `j` and `r` as the ids of their fields.
const DUMP: &str = r"
local answer = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1] .. ':*')) do
  local kind, members = redis.call('TYPE', key).ok, {}
  if kind == 'zset' then members = redis.call('ZRANGE', key, 0, -1)
  elseif kind == 'set' then members = redis.call('SMEMBERS', key)
  elseif kind == 'string' then members = { redis.call('GET', key) }
  elseif kind == 'hash' then members = redis.call('HKEYS', key) end
  answer[#answer + 1] = { string.sub(key, #ARGV[1] + 2), members }
end
return answer";

impl Stage {
    async fn dump(&self) -> BTreeMap<String, Vec<Vec<u8>>> {
        let mut call = redis::cmd("EVAL");
        call.arg(DUMP).arg(0).arg(self.queues.keys().queue(super::hands::QUEUE));
        let parts: Vec<(String, Vec<Vec<u8>>)> = self.queues.link().call(&call).await.unwrap();
        parts.into_iter().collect()
    }

    /// Every run field, by job.
    async fn runs(&self) -> BTreeMap<JobId, RunRecord> {
        let mut call = redis::cmd("HGETALL");
        call.arg(self.queues.keys().part(super::hands::QUEUE, "r"));
        let fields: Vec<(Vec<u8>, Vec<u8>)> = self.queues.link().call(&call).await.unwrap();
        fields
            .iter()
            .map(|(id, run)| (Uuid::from_slice(id).unwrap(), RunRecord::read(run).unwrap()))
            .collect()
    }
}

/// The sets that a job stands in.
fn places(job: &Job) -> Vec<String> {
    let kind = KINDS[job.spec.kind];
    let listed = |state: JobState| format!("l:{state}:{kind}");
    let mut at = match job.state {
        JobState::Ready if !job.stands => vec![format!("l:parked:{kind}")],
        JobState::Ready if job.stands_alone() => vec!["ones".to_owned()],
        JobState::Ready => vec![format!("w:{kind}:1")],
        JobState::Running => vec!["lease".to_owned()],
        JobState::Scheduled | JobState::Retry => vec!["due".to_owned(), listed(job.state)],
        ended @ (JobState::Done | JobState::Dead | JobState::Cancelled | JobState::Expired) => {
            vec![listed(ended)]
        }
    };
    if let Some(key) = job.spec.key {
        let waits_for_it = job.state == JobState::Ready && !job.stands;
        at.extend(job.holds().then(|| format!("c:key-{key}")));
        at.extend(waits_for_it.then(|| format!("cw:key-{key}")));
    }
    at.extend(job.spec.unique.filter(|_| job.owns()).map(|unique| format!("u:unique-{unique}")));
    at.extend((job.waits() && job.expires.is_some()).then(|| "exp".to_owned()));
    at
}

fn expected(model: &Model) -> Sets {
    let mut sets = Sets::new();
    for job in &model.jobs {
        for place in places(job) {
            sets.entry(place).or_default().insert(job.id);
        }
    }
    sets
}

/// Fails unless Redis holds what the model says, and nothing else.
pub(super) async fn check(stage: &Stage, model: &Model) {
    let mut dump = stage.dump().await;
    let records: BTreeSet<JobId> = ids(&dump.remove("j").unwrap_or_default());
    assert_eq!(records, model.jobs.iter().map(|job| job.id).collect(), "records");
    dump.retain(|part, _| !PLAIN.contains(&part.as_str()) && !part.starts_with("wake:"));
    let found: Sets = dump.iter().map(|(part, members)| (part.clone(), ids(members))).collect();
    assert_eq!(found, expected(model), "sets, left in Redis and right in the model");
    check_runs(stage, model).await;
    check_depth(stage, model).await;
}

async fn check_runs(stage: &Stage, model: &Model) {
    let runs = stage.runs().await;
    for job in &model.jobs {
        let run = runs.get(&job.id);
        let seen = run.map_or((JobState::Ready, 0, 0), |run| {
            (run.state, u32::from(run.attempt), u32::from(run.losses))
        });
        assert_eq!(seen, (job.state, job.attempt, job.losses), "state, attempt and losses of {}", job.id);
    }
}

async fn check_depth(stage: &Stage, model: &Model) {
    let stats = stage.queues.queue_stats().await.unwrap();
    for (state, count) in stats.iter().flat_map(|queue| queue.depth.iter()) {
        let jobs = model.jobs.iter().filter(|job| job.state == state).count() as u64;
        assert_eq!(count, jobs, "jobs {state}");
    }
}

/// When every job has ended, a queue of any history has no more keys than its kinds and states explain.
pub(super) async fn check_nothing_is_left(stage: &Stage) {
    let dump = stage.dump().await;
    let left: Vec<&String> = dump
        .keys()
        .filter(|part| {
            !PLAIN.contains(&part.as_str()) && !part.starts_with("wake:") && !part.starts_with("l:")
        })
        .collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    let keys: usize = stage.queues.link().call(&redis::cmd("DBSIZE")).await.unwrap();
    // Two kinds in four terminal states, the plain parts, a list a worker that was told of a cancellation, the registry.
    assert!(keys <= 2 * 4 + PLAIN.len() + 3 + 1, "{keys} keys: {:?}", dump.keys());
}

fn ids(members: &[Vec<u8>]) -> BTreeSet<JobId> {
    members.iter().map(|id| Uuid::from_slice(id).unwrap()).collect()
}
