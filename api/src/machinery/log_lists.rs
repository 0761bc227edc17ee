//! Lists of attendance logs without counting them at every call. For each filter it is remembered how many logs it shows on each
//! day, and which logs stand on the pages that were read lately; PostgreSQL itself tells which days have changed since, in the
//! very statement that reads a page's logs. So every answer is as new as one counted afresh, whoever wrote, with or without
//! Redis and on every replica: `docs/adr/0002-count-what-changed.md`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use entity::{
    Page, Paged,
    attendance_log::{self, Days, Filter, Model},
    attendance_log_change::{self, Seen},
};
use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::Mutex as Turn;

/// Filters remembered; each holds some kilobytes for every thousand days.
const MAX_FILTERS: usize = 128;

/// Pages remembered of each.
const MAX_PAGES: usize = 8;

/// When a filter is counted anew whatever is known of it: a database put back from a dump numbers its transactions differently.
const LIFE: Duration = Duration::from_secs(600);

/// What is remembered of a filter.
struct Counted {
    begun: Instant,
    /// Read before the counts, so that what changes in between is counted again.
    seen: Seen,
    days: Days,
    total: u64,
    pages: HashMap<Page, Arc<[String]>>,
}

/// One filter; whoever finds its counts out of date brings them up to date alone, and the others wait for that.
type Place = Arc<Turn<Option<Counted>>>;

/// The lists.
#[derive(Default)]
pub struct LogLists(Mutex<HashMap<Filter, Place>>);

impl LogLists {
    /// One page, newest day first, and how many logs there are on all.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn page(
        &self,
        db: &impl ConnectionTrait,
        filter: &Filter,
        page: Page,
    ) -> Result<Paged<Model>, DbErr> {
        let place = self.place(filter);
        let known = place.lock().await.as_ref().and_then(|counted| counted.known(page));
        if let Some(known) = known
            && let Some(found) = known.read(db).await?
        {
            return Ok(found);
        }
        let mut place = place.lock().await;
        let counted = match &mut *place {
            Some(counted) if counted.is_young() => counted.brought_up_to_date(db, filter).await?,
            outdated => outdated.insert(Counted::new(db, filter).await?),
        };
        counted.page(db, filter, page).await
    }

    fn place(&self, filter: &Filter) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(filter) {
            return Arc::clone(place);
        }
        if places.len() >= MAX_FILTERS {
            places.clear();
        }
        Arc::clone(places.entry(filter.clone()).or_default())
    }
}

impl Counted {
    async fn new(db: &impl ConnectionTrait, filter: &Filter) -> Result<Self, DbErr> {
        let (begun, seen) = (Instant::now(), attendance_log_change::now(db).await?);
        let days = Days::count(db, filter).await?;
        Ok(Self { begun, seen, total: days.total(), days, pages: HashMap::new() })
    }

    fn is_young(&self) -> bool {
        self.begun.elapsed() < LIFE
    }

    /// Counts the days again that have changed.
    async fn brought_up_to_date(
        &mut self,
        db: &impl ConnectionTrait,
        filter: &Filter,
    ) -> Result<&mut Self, DbErr> {
        let changes = attendance_log_change::since(db, &self.seen).await?;
        if !changes.days.is_empty() {
            self.days.recount(db, filter, changes.days).await?;
            self.seen = changes.seen;
            self.total = self.days.total();
            self.pages.clear();
        }
        Ok(self)
    }

    fn known(&self, page: Page) -> Option<Known> {
        let ids = self.pages.get(&page).filter(|_| self.is_young())?;
        Some(Known { seen: self.seen.clone(), ids: Arc::clone(ids), total: self.total })
    }

    async fn page(
        &mut self,
        db: &impl ConnectionTrait,
        filter: &Filter,
        page: Page,
    ) -> Result<Paged<Model>, DbErr> {
        // Somebody else may have read it while this caller waited.
        if let Some(known) = self.known(page)
            && let Some(found) = known.read(db).await?
        {
            return Ok(found);
        }
        let rows = attendance_log::page(db, filter, &self.days, page).await?;
        if self.pages.len() >= MAX_PAGES {
            self.pages.clear();
        }
        self.pages.insert(page, rows.iter().map(|row| row.id.clone()).collect());
        Ok(Paged { rows, total: self.total })
    }
}

/// A page that was read before, and what had been seen by then.
struct Known {
    seen: Seen,
    ids: Arc<[String]>,
    total: u64,
}

impl Known {
    /// The page as it is now; nothing where other logs may stand on it.
    async fn read(&self, db: &impl ConnectionTrait) -> Result<Option<Paged<Model>>, DbErr> {
        let rows = attendance_log::unchanged(db, &self.seen, &self.ids).await?;
        Ok(rows.map(|rows| Paged { rows, total: self.total }))
    }
}
