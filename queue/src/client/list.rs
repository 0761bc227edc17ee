//! Lists of jobs, page by page, without a scan. Each state of each kind of each queue has a sorted set; a list merges
//! the sets that its filter names. The place of a page is found by bisecting on the score with ZCOUNT, so that page
//! 5,000 costs what page 1 costs.

use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::client::Queues;
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

/// A sorted set and how its scores become comparable.
#[derive(Debug, Clone)]
struct Source {
    queue: String,
    key: Vec<u8>,
    /// Score units per millisecond.
    scale: f64,
}

/// Where an entry stands in the merged order.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    ms: f64,
    id: JobId,
    queue: String,
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
                |queue: String| Source { key: self.keys().actor(&queue, actor), queue, scale: 1.0 };
            return Ok(queues.into_iter().map(of_actor).collect());
        }
        let of_queues = try_join_all(queues.into_iter().map(|queue| self.sources_of(queue, filter))).await?;
        Ok(of_queues.into_iter().flatten().collect())
    }

    async fn sources_of(&self, queue: String, filter: &JobFilter) -> Result<Vec<Source>, QueueError> {
        let mut names: Vec<String> =
            self.call(redis::cmd("SMEMBERS").arg(self.keys().part(&queue, "kinds"))).await?;
        names.retain(|name| {
            let kind = name.rsplit_once(':').map(|(kind, _)| kind);
            filter.kind.is_none() || kind == filter.kind.as_deref()
        });
        let mut kinds: Vec<String> =
            names.iter().filter_map(|name| Some(name.rsplit_once(':')?.0.to_owned())).collect();
        kinds.sort();
        kinds.dedup();
        let states = filter.state.map_or_else(|| JobState::ALL.to_vec(), |state| vec![state]);
        Ok(states.into_iter().flat_map(|state| self.sets_of(&queue, state, &names, &kinds)).collect())
    }

    /// The sorted sets of one state. Running jobs are few and are listed whatever their kind: see
    /// [`Queues::read_entries`].
    fn sets_of(&self, queue: &str, state: JobState, names: &[String], kinds: &[String]) -> Vec<Source> {
        let source =
            |key: String, scale: f64| Source { queue: queue.to_owned(), key: key.into_bytes(), scale };
        let lists = |list: &str, scale: f64| {
            kinds.iter().map(|kind| source(self.keys().list(queue, list, kind), scale)).collect::<Vec<_>>()
        };
        match state {
            JobState::Ready => {
                let mut sets = lists("parked", 1000.0);
                sets.extend(names.iter().map(|name| source(self.keys().waiting(queue, name), 1000.0)));
                sets.push(source(self.keys().part(queue, "ones"), 1000.0));
                sets
            }
            JobState::Running => {
                kinds.iter().map(|kind| source(self.keys().list(queue, state.as_str(), kind), 1.0)).collect()
            }
            JobState::Scheduled
            | JobState::Retry
            | JobState::Done
            | JobState::Dead
            | JobState::Cancelled
            | JobState::Expired => lists(state.as_str(), 1.0),
        }
    }

    /// How many entries of each source stand above a time.
    async fn count_above(&self, sources: &[Source], ms: f64) -> Result<Vec<u64>, QueueError> {
        try_join_all(sources.iter().map(|source| async move {
            let mut count = redis::cmd("ZCOUNT");
            let above = if ms.is_finite() { format!("({}", ms * source.scale) } else { "-inf".to_owned() };
            count.arg(&source.key).arg(above).arg("+inf");
            self.call::<u64>(&count).await
        }))
        .await
    }

    async fn page_of(&self, sources: &[Source], skip: u64, size: usize) -> Result<Vec<Entry>, QueueError> {
        let start = if skip == 0 { f64::INFINITY } else { self.time_of_rank(sources, skip).await? };
        let passed =
            if start.is_finite() { self.count_above(sources, start).await? } else { vec![0; sources.len()] };
        let into_page = skip - passed.iter().sum::<u64>();
        let wanted = into_page + size as u64;
        let parts = sources.iter().zip(passed).map(|(source, from)| self.read_source(source, from, wanted));
        let mut entries: Vec<Entry> = try_join_all(parts).await?.into_iter().flatten().collect();
        entries.sort_by(|a, b| b.ms.total_cmp(&a.ms).then_with(|| b.id.cmp(&a.id)));
        let into_page = usize::try_from(into_page).unwrap_or(usize::MAX);
        Ok(entries.into_iter().skip(into_page).take(size).collect())
    }

    /// The latest whole ms with at most `rank` entries above it: 42 halvings of a time in ms.
    async fn time_of_rank(&self, sources: &[Source], rank: u64) -> Result<f64, QueueError> {
        let (mut low, mut high) = (0_u64, 1 << 42);
        while low < high {
            let middle = u64::midpoint(low, high);
            let above: u64 = self.count_above(sources, middle as f64).await?.iter().sum();
            if above <= rank { high = middle } else { low = middle + 1 }
        }
        Ok(low as f64)
    }

    async fn read_source(&self, source: &Source, from: u64, count: u64) -> Result<Vec<Entry>, QueueError> {
        let mut range = redis::cmd("ZREVRANGE");
        range.arg(&source.key).arg(from).arg(from + count - 1).arg("WITHSCORES");
        let pairs: Vec<(Vec<u8>, f64)> = self.call(&range).await?;
        let entry = |(id, score): (Vec<u8>, f64)| {
            let id = Uuid::from_slice(&id).ok()?;
            Some(Entry { ms: score / source.scale, id, queue: source.queue.clone() })
        };
        Ok(pairs.into_iter().filter_map(entry).collect())
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
        let place = |job: &JobView| entries.iter().position(|entry| entry.id == job.id);
        jobs.sort_by_key(place);
        Ok(jobs)
    }
}
