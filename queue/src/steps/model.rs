//! What the queue promises, in plain Rust and in memory: one list of jobs, looked through from end to end at every step.
//! Where the scripts keep a dozen sets, the model derives them from the jobs.

use std::cmp::Reverse;

use super::hands::{BEGIN, Fence, LEASE};
use super::job::{Job, LIMITS, Spec};
use crate::{JobId, JobState};

/// The whole queue.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) jobs: Vec<Job>,
    pub(super) paused: bool,
    now: i64,
    seen: Option<i64>,
    /// The lease clock.
    clock: i64,
    /// Who may fall idle for a job that runs alone, and until when.
    claim: Option<(String, i64)>,
}

impl Model {
    pub(super) fn new() -> Self {
        Self { now: BEGIN, ..Self::default() }
    }

    pub(super) fn step_clock(&mut self, ms: i64) {
        self.now += ms;
    }

    pub(super) fn job(&self, id: JobId) -> &Job {
        self.jobs.iter().find(|job| job.id == id).unwrap()
    }

    fn index(&self, id: JobId) -> usize {
        self.jobs.iter().position(|job| job.id == id).unwrap()
    }

    /// Jobs for which something holds, in an order.
    fn sorted<K: Ord>(&self, which: impl Fn(&Job) -> bool, by: impl Fn(&Job) -> K) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.jobs.len()).filter(|i| which(&self.jobs[*i])).collect();
        found.sort_by_key(|i| by(&self.jobs[*i]));
        found
    }

    /// Answers the job that stands for the request.
    pub(super) fn enqueue(&mut self, id: JobId, spec: Spec) -> JobId {
        let owner = self.jobs.iter().find(|job| job.owns() && job.spec.unique == spec.unique);
        if let Some(owner) = owner {
            return owner.id;
        }
        let due = self.now + spec.delay.unwrap_or(0);
        let later = due > self.now;
        self.jobs.push(Job {
            id,
            place: due * 1000 - i64::from(spec.priority) * 60_000_000,
            state: if later { JobState::Scheduled } else { JobState::Ready },
            stands: false,
            due,
            expires: spec.life.map(|life| self.now + life),
            attempt: 0,
            losses: 0,
            cancelled: false,
            fence: None,
            lease: 0,
            spec,
        });
        if !later {
            self.admit(self.jobs.len() - 1);
        }
        id
    }

    /// Into the line of its key, if it has one, and the front of the line onto the free slots.
    fn admit(&mut self, i: usize) {
        let job = &mut self.jobs[i];
        job.state = JobState::Ready;
        job.stands = job.spec.key.is_none();
        let key = job.spec.key;
        self.advance(key);
    }

    fn advance(&mut self, key: Option<usize>) {
        let Some(key) = key else { return };
        let of_key = |job: &Job| job.spec.key == Some(key);
        let held = self.jobs.iter().filter(|job| of_key(job) && job.holds()).count();
        let free = (LIMITS[key] as usize).saturating_sub(held);
        let parked = |job: &Job| of_key(job) && job.state == JobState::Ready && !job.stands;
        for i in self.sorted(parked, Job::in_line).into_iter().take(free) {
            self.jobs[i].stands = true;
        }
    }

    /// Leaves ready or running for another state, and gives its slot on.
    fn leave_for(&mut self, i: usize, state: JobState) {
        self.jobs[i].state = state;
        self.jobs[i].stands = false;
        self.advance(self.jobs[i].spec.key);
    }

    fn tick(&mut self) {
        self.clock += (self.now - self.seen.unwrap_or(self.now)).clamp(0, 2000);
        self.seen = Some(self.now);
    }

    fn reap(&mut self) {
        let clock = self.clock;
        let lost = |job: &Job| job.state == JobState::Running && job.lease <= clock;
        for i in self.sorted(lost, |job| (job.lease, job.id)) {
            let job = &mut self.jobs[i];
            (job.losses, job.fence) = (job.losses + 1, None);
            if job.cancelled {
                self.leave_for(i, JobState::Cancelled);
            } else if job.losses >= job.spec.max_attempts.max(3) {
                self.leave_for(i, JobState::Dead);
            } else {
                job.attempt -= 1;
                self.admit(i);
            }
        }
    }

    fn promote_due(&mut self) {
        let now = self.now;
        let due = |job: &Job| matches!(job.state, JobState::Scheduled | JobState::Retry) && job.due <= now;
        for i in self.sorted(due, |job| (job.due, job.id)) {
            self.admit(i);
        }
    }

    fn expire(&mut self) {
        let now = self.now;
        let worthless = |job: &Job| job.waits() && job.expires.is_some_and(|at| at <= now);
        for i in self.sorted(worthless, |job| (job.expires, job.id)) {
            self.leave_for(i, JobState::Expired);
        }
    }

    /// The job that must run alone, if this worker may have it: then the worker is to fall idle, or is given it.
    fn lone(&mut self, worker: &str, idle: bool) -> Option<(u8, Vec<usize>)> {
        let lone = *self.sorted(Job::stands_alone, Job::in_line).first()?;
        let claimed = self.claim.as_ref().is_some_and(|(by, until)| by != worker && *until > self.clock);
        if claimed {
            return None;
        }
        self.claim = Some((worker.to_owned(), self.clock + LEASE * 3));
        if !idle {
            return Some((1, Vec::new()));
        }
        self.claim = None;
        Some((2, vec![lone]))
    }

    /// Which jobs a fetch brings, and whether the worker is to be alone.
    pub(super) fn fetch(&mut self, worker: &str, want: usize, idle: bool) -> (u8, Vec<JobId>) {
        self.tick();
        self.reap();
        self.promote_due();
        if self.paused {
            return (0, Vec::new());
        }
        self.expire();
        let (alone, taken) = self.lone(worker, idle).unwrap_or_else(|| {
            let stands = |job: &Job| job.state == JobState::Ready && job.stands && !job.stands_alone();
            (0, self.sorted(stands, Job::in_line).into_iter().take(want).collect())
        });
        for i in &taken {
            let job = &mut self.jobs[*i];
            (job.state, job.attempt, job.lease) = (JobState::Running, job.attempt + 1, self.clock + LEASE);
        }
        (alone, taken.into_iter().map(|i| self.jobs[i].id).collect())
    }

    /// Remembers the fence that the queue has made for a run.
    pub(super) fn fence(&mut self, id: JobId, fence: Fence) {
        let i = self.index(id);
        self.jobs[i].fence = Some(fence);
    }

    /// Answers as `turn.lua` does.
    pub(super) fn acknowledge(&mut self, id: JobId, fence: Fence, op: char, delay: i64) -> u8 {
        let i = self.index(id);
        if self.jobs[i].fence != Some(fence) {
            return 0;
        }
        if self.jobs[i].state != JobState::Running {
            return 2;
        }
        if self.jobs[i].spec.key.is_some() {
            self.promote_due();
        }
        let op = if self.jobs[i].cancelled && op != 'd' { 'c' } else { op };
        match op {
            'd' => self.leave_for(i, JobState::Done),
            'x' => self.leave_for(i, JobState::Dead),
            'c' => self.leave_for(i, JobState::Cancelled),
            'h' => {
                self.jobs[i].attempt -= 1;
                self.admit(i);
            }
            't' | 'z' => {
                self.jobs[i].attempt -= u32::from(op == 'z');
                self.jobs[i].due = self.now + delay;
                self.leave_for(i, if op == 't' { JobState::Retry } else { JobState::Scheduled });
            }
            _ => unreachable!("no such op: {op}"),
        }
        1
    }

    /// Which of these runs are to stop, and why.
    pub(super) fn renew(&mut self, runs: &[(JobId, Fence)]) -> Vec<(JobId, char)> {
        self.tick();
        let mut stop = Vec::new();
        for (id, fence) in runs {
            let i = self.index(*id);
            let job = &mut self.jobs[i];
            let mine = job.state == JobState::Running && job.fence == Some(*fence);
            if mine {
                job.lease = self.clock + LEASE;
            }
            if !mine || job.cancelled {
                stop.push((*id, if mine { 'c' } else { 'l' }));
            }
        }
        stop
    }

    /// Answers the state that it was in.
    pub(super) fn cancel(&mut self, id: JobId) -> JobState {
        let i = self.index(id);
        let was = self.jobs[i].state;
        if was == JobState::Running {
            self.jobs[i].cancelled = true;
        } else if !was.is_terminal() {
            self.leave_for(i, JobState::Cancelled);
        }
        was
    }

    /// Answers the state that it was in, and who has its unique key.
    pub(super) fn retry(&mut self, id: JobId) -> (JobState, Option<JobId>) {
        let i = self.index(id);
        let was = self.jobs[i].state;
        if !was.is_terminal() || was == JobState::Done {
            return (was, None);
        }
        let unique = self.jobs[i].spec.unique;
        if let Some(owner) = self.jobs.iter().find(|job| job.owns() && job.spec.unique == unique) {
            return (was, Some(owner.id));
        }
        let job = &mut self.jobs[i];
        (job.attempt, job.losses, job.cancelled) = (0, 0, false);
        (job.fence, job.expires) = (None, None);
        self.admit(i);
        (was, None)
    }

    /// The id of the last job of those that fit, counted from the end: what a walk points at.
    pub(super) fn pick(&self, n: usize) -> Option<JobId> {
        let newest = self.sorted(|_| true, |job| Reverse(job.id));
        newest.get(n % newest.len().max(1)).map(|i| self.jobs[*i].id)
    }
}
