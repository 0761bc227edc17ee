//! The newest detections, kept ready as the very bytes that are sent. A list counts while the version in Redis is the
//! one that it was read under, and for 3 s at most; so a reader who has seen a job finish sees its detections, and an
//! unchanged list costs one GET. Readers who come at once share one query, and its failure too.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use platform::live::LiveVersion;
use tokio::sync::Mutex as Turn;

use super::{
    cache_signals,
    patience::{VERSION, within},
};
use crate::{error::ApiError, polled::Prepared};

/// Longest life of a list.
const LIFE: Duration = Duration::from_secs(3);

/// Lists kept; the largest has about 120 kB.
const MAX_LISTS: usize = 128;

/// How long nobody asks for the version after Redis did not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Which detections.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LiveQuery {
    /// Of this camera; of all where absent.
    pub camera_id: Option<String>,
    /// How many at most.
    pub limit: u16,
}

/// Its name in metrics.
const CACHE: &str = "live";

struct Ready {
    /// Read before the query, so that the list is never older than it says.
    version: Option<u64>,
    begun: Instant,
    list: Prepared,
}

/// One list's place: readers take turns at it.
#[derive(Default)]
struct Slot {
    ready: Option<Ready>,
    /// When the database was last found away.
    failed: Option<Instant>,
}

/// What Redis said.
struct Answer {
    /// When it was asked.
    begun: Instant,
    version: Option<u64>,
}

type Place = Arc<Turn<Slot>>;

/// The lists.
pub struct LiveLists {
    version: LiveVersion,
    places: Mutex<HashMap<LiveQuery, Place>>,
    silent_until: Mutex<Option<Instant>>,
    last: Turn<Option<Answer>>,
}

impl LiveLists {
    pub(super) fn new(version: LiveVersion) -> Self {
        Self { version, places: Mutex::default(), silent_until: Mutex::default(), last: Turn::default() }
    }

    /// The list for `query`, read by `read` where none is ready.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn get<F>(
        &self,
        query: LiveQuery,
        read: impl FnOnce(LiveQuery) -> F,
    ) -> Result<Prepared, ApiError>
    where
        F: Future<Output = Result<Prepared, ApiError>>,
    {
        let asked = Instant::now();
        let version = self.version_since(asked).await;
        let place = self.place(&query);
        let mut slot = place.lock().await;
        let found = slot.ready.as_ref().filter(|ready| ready.serves(version, asked));
        cache_signals::asked(CACHE, found.is_some());
        if let Some(ready) = found {
            return Ok(ready.list.clone());
        }
        if slot.failed.is_some_and(|failed| failed >= asked) {
            // Or a hundred readers would wait for the database one after another.
            return Err(ApiError::unavailable("database", "it was away for the reader before"));
        }
        let begun = Instant::now();
        let read = read(query).await;
        if matches!(read, Err(ApiError::Unavailable { .. })) {
            slot.failed = Some(Instant::now());
        }
        let list = read?;
        slot.ready = Some(Ready { version, begun, list: list.clone() });
        Ok(list)
    }

    fn place(&self, query: &LiveQuery) -> Place {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(query) {
            return Arc::clone(place);
        }
        if places.len() >= MAX_LISTS {
            places.clear();
        }
        cache_signals::holds(CACHE, places.len() + 1);
        Arc::clone(places.entry(query.clone()).or_default())
    }

    /// The version at `asked` or later. Of readers who come while Redis is being asked, the next one asks for all of them: an answer
    /// to an older question may be older than a job that they have seen finish.
    async fn version_since(&self, asked: Instant) -> Option<u64> {
        let mut last = self.last.lock().await;
        if let Some(answer) = last.as_ref().filter(|answer| answer.begun >= asked) {
            return answer.version;
        }
        let begun = Instant::now();
        let version = self.version().await;
        *last = Some(Answer { begun, version });
        version
    }

    /// The version now; nothing while Redis does not answer, and then every reader asks the database.
    async fn version(&self) -> Option<u64> {
        let silence = *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner);
        if silence.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        match within(VERSION, self.version.current()).await {
            Ok(version) => Some(version),
            Err(error) => {
                tracing::warn!(%error, "live detections are read from the database: Redis does not answer");
                let until = Instant::now() + PAUSE;
                *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
                None
            }
        }
    }
}

impl Ready {
    /// Unchanged since, or read after the question was asked anyhow.
    fn serves(&self, version: Option<u64>, asked: Instant) -> bool {
        let unchanged = version.is_some() && version == self.version && self.begun.elapsed() < LIFE;
        unchanged || self.begun >= asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(version: Option<u64>, age: Duration) -> Ready {
        let begun = Instant::now().checked_sub(age).unwrap_or_else(Instant::now);
        Ready { version, begun, list: Prepared::new(&"list") }
    }

    #[test]
    fn a_list_serves_while_its_version_holds_and_it_is_young() {
        let second = Duration::from_secs(1);
        assert!(ready(Some(7), second).serves(Some(7), Instant::now()));
        assert!(!ready(Some(7), second).serves(Some(8), Instant::now()));
        assert!(!ready(Some(7), LIFE).serves(Some(7), Instant::now()));
    }

    #[test]
    fn without_a_version_only_a_list_read_after_the_question_serves() {
        let asked = Instant::now();
        assert!(ready(None, Duration::ZERO).serves(None, asked));
        assert!(!ready(None, Duration::from_secs(1)).serves(None, asked));
    }
}
