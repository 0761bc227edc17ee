//! The questions of the outbox sweeper, asked in batches.

use std::collections::BTreeMap;

use crate::client::Queues;
use crate::client::enqueue::SCRIPT_JOBS;
use crate::connection::classify;
use crate::error::QueueError;
use crate::job::JobId;
use crate::record::{RunRecord, read_log};
use crate::script::{CONFIRM, PRESENCE};
use crate::view::{Finished, Presence};

/// What the script answers for one job: record there, run field, result, log.
type Known = (u8, Vec<u8>, String, String);

impl Queues {
    /// What Redis knows of each job, in the order asked.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`], [`QueueError::Corrupt`].
    pub async fn finished_states(&self, jobs: &[(String, JobId)]) -> Result<Vec<Presence>, QueueError> {
        let mut answers: Vec<Presence> = jobs.iter().map(|_| Presence::Missing).collect();
        for (queue, members) in by_queue(jobs) {
            for chunk in members.chunks(SCRIPT_JOBS) {
                let mut call = PRESENCE.on(&self.keys().queue(queue));
                chunk.iter().for_each(|(_, id)| {
                    call.arg(id.as_bytes());
                });
                let known: Vec<Known> =
                    PRESENCE.run(self.link(), &call).await.map_err(|e| classify(e, queue))?;
                for ((position, _), known) in chunk.iter().zip(known) {
                    answers[*position] = presence(known)?;
                }
            }
        }
        Ok(answers)
    }

    /// Says that the outcomes of these jobs stand in their outbox rows: their terminal records may be trimmed.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`].
    pub async fn confirm_finished(&self, jobs: &[(String, JobId)]) -> Result<(), QueueError> {
        for (queue, members) in by_queue(jobs) {
            for chunk in members.chunks(SCRIPT_JOBS) {
                let mut call = CONFIRM.on(&self.keys().queue(queue));
                chunk.iter().for_each(|(_, id)| {
                    call.arg(id.as_bytes());
                });
                CONFIRM.run::<u64>(self.link(), &call).await.map_err(|e| classify(e, queue))?;
            }
        }
        Ok(())
    }
}

/// Jobs of each queue with their positions.
fn by_queue(jobs: &[(String, JobId)]) -> BTreeMap<&str, Vec<(usize, JobId)>> {
    let mut groups: BTreeMap<&str, Vec<(usize, JobId)>> = BTreeMap::new();
    for (position, (queue, id)) in jobs.iter().enumerate() {
        groups.entry(queue).or_default().push((position, *id));
    }
    groups
}

fn presence((there, run, result, log): Known) -> Result<Presence, QueueError> {
    if there == 0 {
        return Ok(Presence::Missing);
    }
    if run.is_empty() {
        return Ok(Presence::Live);
    }
    let run = RunRecord::read(&run)?;
    if !run.state.is_terminal() {
        return Ok(Presence::Live);
    }
    let error = read_log(&log)?.pop().and_then(|last| last.error);
    Ok(Presence::Terminal(Finished {
        state: run.state,
        at: run.at.unwrap_or_default(),
        result: serde_json::value::RawValue::from_string(result).ok(),
        error: error.filter(|_| run.state != crate::machine::JobState::Done),
    }))
}
