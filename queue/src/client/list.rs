//! Lists of jobs, page by page, without a scan. Each state of each kind of each queue has a sorted set; a list merges
//! the sets that its filter names. The place of a page is found by bisecting on the score with ZCOUNT, so that page
//! 5,000 costs what page 1 costs.

use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::client::Queues;
use crate::client::source::{Entry, MOST_RUNNING, Source, latest_first};
use crate::error::QueueError;
use crate::job::JobId;
use crate::machine::JobState;
use crate::view::{JobView, Page};

/// The largest page.
const MAX_PAGE: usize = 500;

/// Which jobs to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Of one queue only.
    pub queue: Option<String>,
    /// Of one kind only.
    pub kind: Option<String>,
    /// In one state only.
    pub state: Option<JobState>,
    /// Caused by one user: not together with a kind or a state.
    pub actor: Option<Uuid>,
}

impl Queues {
    /// One page of jobs, from page 1, the most recent event first: the end of ended jobs, the due time of scheduled
    /// ones, the place in line of waiting ones.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] for a filter of both actor and kind or state, [`QueueError::Unavailable`].
    pub async fn jobs(
        &self,
        filter: &JobFilter,
        page: u64,
        page_size: usize,
    ) -> Result<Page<JobView>, QueueError> {
        let size = page_size.clamp(1, MAX_PAGE);
        let sources = self.sources(filter).await?;
        let total = self.count_above(&sources, f64::NEG_INFINITY).await?.iter().sum();
        let skip = page.saturating_sub(1).saturating_mul(size as u64);
        if skip >= total {
            return Ok(Page { items: Vec::new(), total });
        }
        let entries = self.page_of(&sources, skip, size).await?;
        Ok(Page { items: self.read_entries(&entries).await?, total })
    }

    async fn sources(&self, filter: &JobFilter) -> Result<Vec<Source>, QueueError> {
        let queues = match &filter.queue {
            Some(queue) => vec![queue.clone()],
            None => self.queue_names().await?,
        };
        if let Some(actor) = filter.actor {
            if filter.kind.is_some() || filter.state.is_some() {
                return Err(QueueError::Invalid("list by actor, or by kind and state".to_owned()));
            }
            let of_actor =
                |queue: String| Source::Set { key: self.keys().actor(&queue, actor), queue, scale: 1.0 };
            return Ok(queues.into_iter().map(of_actor).collect());
        }
        let of_queues = try_join_all(queues.iter().map(|queue| self.sources_of(queue, filter))).await?;
        Ok(of_queues.into_iter().flatten().collect())
    }

    async fn sources_of(&self, queue: &str, filter: &JobFilter) -> Result<Vec<Source>, QueueError> {
        let mut names: Vec<String> =
            self.call(redis::cmd("SMEMBERS").arg(self.keys().part(queue, "kinds"))).await?;
        names.retain(|name| filter.kind.is_none() || kind_of(name) == filter.kind.as_deref());
        let mut kinds: Vec<&str> = names.iter().filter_map(|name| kind_of(name)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut sources = Vec::new();
        for state in
            JobState::ALL.into_iter().filter(|state| filter.state.is_none_or(|wanted| wanted == *state))
        {
            match state {
                JobState::Running => sources.push(self.running(queue, filter.kind.as_deref()).await?),
                JobState::Ready => {
                    sources.extend(
                        kinds.iter().map(|kind| self.set(queue, &format!("l:parked:{kind}"), 1000.0)),
                    );
                    sources.extend(names.iter().map(|name| self.set(queue, &format!("w:{name}"), 1000.0)));
                    sources.push(self.set(queue, "ones", 1000.0));
                }
                JobState::Scheduled
                | JobState::Retry
                | JobState::Done
                | JobState::Dead
                | JobState::Cancelled
                | JobState::Expired => {
                    sources
                        .extend(kinds.iter().map(|kind| self.set(queue, &format!("l:{state}:{kind}"), 1.0)));
                }
            }
        }
        Ok(sources)
    }

    fn set(&self, queue: &str, part: &str, scale: f64) -> Source {
        Source::Set { key: self.keys().part(queue, part).into_bytes(), queue: queue.to_owned(), scale }
    }

    /// The running jobs of a queue by their start; their set is ordered by leases and holds every kind.
    async fn running(&self, queue: &str, kind: Option<&str>) -> Result<Source, QueueError> {
        let mut range = redis::cmd("ZRANGE");
        range.arg(self.keys().part(queue, "lease")).arg(0).arg(MOST_RUNNING - 1);
        let raw: Vec<Vec<u8>> = self.call(&range).await?;
        let ids: Vec<JobId> = raw.iter().filter_map(|id| Uuid::from_slice(id).ok()).collect();
        let jobs = self.views(queue, &ids).await?;
        let of_kind = jobs.into_iter().filter(|job| kind.is_none_or(|kind| job.kind == kind));
        let mut entries: Vec<Entry> = of_kind
            .map(|job| Entry {
                ms: job.started_at.unwrap_or(job.created_at).timestamp_millis() as f64,
                id: job.id,
                queue: queue.to_owned(),
            })
            .collect();
        latest_first(&mut entries);
        Ok(Source::Read(entries))
    }

    /// How many entries of each source stand above a time.
    async fn count_above(&self, sources: &[Source], ms: f64) -> Result<Vec<u64>, QueueError> {
        try_join_all(sources.iter().map(|source| source.count_above(self, ms))).await
    }

    async fn page_of(&self, sources: &[Source], skip: u64, size: usize) -> Result<Vec<Entry>, QueueError> {
        let passed = if skip == 0 {
            vec![0; sources.len()]
        } else {
            let start = self.time_of_rank(sources, skip).await?;
            self.count_above(sources, start).await?
        };
        let into_page = skip - passed.iter().sum::<u64>().min(skip);
        let wanted = into_page + size as u64;
        let parts = sources.iter().zip(passed).map(|(source, from)| source.read(self, from, wanted));
        let mut entries: Vec<Entry> = try_join_all(parts).await?.into_iter().flatten().collect();
        latest_first(&mut entries);
        let into_page = usize::try_from(into_page).unwrap_or(usize::MAX);
        Ok(entries.into_iter().skip(into_page).take(size).collect())
    }

    /// The first whole ms with at most `rank` entries above it: 42 halvings of a time in ms.
    async fn time_of_rank(&self, sources: &[Source], rank: u64) -> Result<f64, QueueError> {
        let (mut low, mut high) = (0_u64, 1 << 42);
        while low < high {
            let middle = u64::midpoint(low, high);
            let above: u64 = self.count_above(sources, middle as f64).await?.iter().sum();
            if above <= rank { high = middle } else { low = middle + 1 }
        }
        Ok(low as f64)
    }

    /// Reads the jobs of a page, queue by queue, and puts them back into the page's order.
    async fn read_entries(&self, entries: &[Entry]) -> Result<Vec<JobView>, QueueError> {
        let mut queues: Vec<&str> = entries.iter().map(|entry| entry.queue.as_str()).collect();
        queues.sort_unstable();
        queues.dedup();
        let reads = queues.into_iter().map(|queue| async move {
            let ids: Vec<JobId> =
                entries.iter().filter(|entry| entry.queue == queue).map(|entry| entry.id).collect();
            self.views(queue, &ids).await
        });
        let mut jobs: Vec<JobView> = try_join_all(reads).await?.into_iter().flatten().collect();
        jobs.sort_by_key(|job| entries.iter().position(|entry| entry.id == job.id));
        Ok(jobs)
    }
}

fn kind_of(name: &str) -> Option<&str> {
    name.rsplit_once(':').map(|(kind, _)| kind)
}
