//! Lists of jobs, page by page, without a scan. Each state of each kind of each queue has a sorted set, and one script merges those
//! of a queue; here the queues are merged. A job never leaves its queue, so one that changes its state while a page is read is on
//! that page once.

use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::client::Queues;
use crate::client::rank::{self, Start};
use crate::client::source::{Source, TOP, Taken};
use crate::error::QueueError;
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
    /// One page of jobs, from page 1: running ones first, by their start; then the most recent event first, which is the end of
    /// an ended job, the due time of one that is set aside, the place in line of one that waits.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] for a filter of both actor and kind or state, [`QueueError::Unavailable`].
    pub async fn jobs(
        &self,
        filter: &JobFilter,
        page: u64,
        page_size: usize,
    ) -> Result<Page<JobView>, QueueError> {
        if filter.actor.is_some() && (filter.kind.is_some() || filter.state.is_some()) {
            return Err(QueueError::Invalid("list by actor, or by kind and state".to_owned()));
        }
        let size = page_size.clamp(1, MAX_PAGE);
        let skip = page.saturating_sub(1).saturating_mul(size as u64);
        let sources = self.sources(filter).await?;
        let start = match skip {
            0 => Ok(Start { key: TOP, pass: vec![0; sources.len()] }),
            skip => rank::find(&sources, skip).await?,
        };
        match start {
            Ok(start) => read(&sources, &start, size).await,
            Err(total) => Ok(Page { items: Vec::new(), total }),
        }
    }

    async fn sources<'a>(&'a self, filter: &'a JobFilter) -> Result<Vec<Source<'a>>, QueueError> {
        let queues = match &filter.queue {
            Some(queue) => vec![queue.clone()],
            None => self.queue_names().await?,
        };
        Ok(queues.into_iter().map(|queue| Source::new(self, filter, queue)).collect())
    }
}

/// The page that begins there, merged from as much of every queue.
async fn read(sources: &[Source<'_>], start: &Start, size: usize) -> Result<Page<JobView>, QueueError> {
    let parts = sources.iter().zip(&start.pass).map(|(source, pass)| source.take(start.key, *pass, size));
    let parts: Vec<Taken> = try_join_all(parts).await?;
    let total = parts.iter().map(|part| part.total).sum();
    let mut jobs: Vec<_> = parts.into_iter().flat_map(|part| part.jobs).collect();
    // Stable: at one key the queues follow each other, as they do where a page begins.
    jobs.sort_by(|(a, _), (b, _)| b.cmp(a));
    Ok(Page { items: jobs.into_iter().map(|(_, job)| job).take(size).collect(), total })
}
