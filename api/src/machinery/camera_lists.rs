//! Pages of cameras, kept ready for browsers that poll them: at most 10 s old, and dropped at every change. A change
//! made here drops them at once; one made by another process arrives as an event, since whoever changes a camera says so
//! on the bus.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use entity::{Page, camera::Filter};
use platform::events::{Channel, Event};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::cache_signals;
use crate::polled::Prepared;

/// Longest life of a page.
const LIFE: Duration = Duration::from_secs(10);

/// Pages kept; the largest has about 150 kB.
const MAX_PAGES: usize = 64;

/// Its name in metrics.
const CACHE: &str = "cameras";

/// Which page, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CameraQuery {
    /// Which cameras.
    pub filter: Filter,
    /// Which part of the list.
    pub page: Page,
    /// Whether credentials inside stream addresses are shown.
    pub with_credentials: bool,
}

/// The pages.
#[derive(Default)]
pub struct CameraLists(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    epoch: u64,
    ready: HashMap<CameraQuery, (Instant, Prepared)>,
}

/// The state of the cameras that a page is made from; a change in between makes the page worthless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch(u64);

impl CameraLists {
    /// The page, where it is ready; else the epoch to hand in with it.
    ///
    /// # Errors
    /// It is not ready.
    pub fn find(&self, query: &CameraQuery) -> Result<Prepared, Epoch> {
        let pages = self.pages();
        let found = pages.ready.get(query).filter(|(made, _)| made.elapsed() < LIFE);
        cache_signals::asked(CACHE, found.is_some());
        found.map(|(_, page)| page.clone()).ok_or(Epoch(pages.epoch))
    }

    /// Keeps a page that was read in `epoch`, unless cameras have changed since.
    pub fn keep(&self, query: CameraQuery, epoch: Epoch, page: Prepared) {
        let mut pages = self.pages();
        if pages.epoch != epoch.0 {
            return;
        }
        if pages.ready.len() >= MAX_PAGES {
            pages.ready.clear();
        }
        pages.ready.insert(query, (Instant::now(), page));
        cache_signals::holds(CACHE, pages.ready.len());
    }

    /// Cameras have changed.
    pub fn drop_all(&self) {
        let mut pages = self.pages();
        pages.epoch += 1;
        pages.ready.clear();
        cache_signals::holds(CACHE, 0);
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops the lists whenever another process says that a camera changed, or said something that was missed.
pub(super) async fn drop_at_events(lists: Arc<CameraLists>, mut events: Receiver<Arc<Event>>) {
    loop {
        match events.recv().await {
            Ok(event) if event.channel == Channel::CameraStatus => lists.drop_all(),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => lists.drop_all(),
            Err(RecvError::Closed) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn query(number: u64) -> CameraQuery {
        CameraQuery { filter: Filter::default(), page: Page { number, size: 20 }, with_credentials: false }
    }

    #[test]
    fn a_page_is_ready_until_cameras_change() {
        let lists = CameraLists::default();
        let epoch = lists.find(&query(1)).unwrap_err();
        lists.keep(query(1), epoch, Prepared::new(&"page"));
        assert!(lists.find(&query(1)).is_ok());
        assert!(lists.find(&query(2)).is_err());
        lists.drop_all();
        assert!(lists.find(&query(1)).is_err());
    }

    #[test]
    fn a_page_read_before_a_change_is_not_kept_after_it() {
        let lists = CameraLists::default();
        let epoch = lists.find(&query(1)).unwrap_err();
        lists.drop_all();
        lists.keep(query(1), epoch, Prepared::new(&"old"));
        assert!(lists.find(&query(1)).is_err());
    }

    #[test]
    fn whoever_may_not_see_credentials_gets_a_page_of_their_own() {
        let lists = CameraLists::default();
        let epoch = lists.find(&query(1)).unwrap_err();
        lists.keep(CameraQuery { with_credentials: true, ..query(1) }, epoch, Prepared::new(&"secret"));
        assert!(lists.find(&query(1)).is_err());
    }
}
