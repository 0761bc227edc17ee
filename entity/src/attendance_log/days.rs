//! How many logs a filter shows, by day. Counting by day is what makes a total cheap to keep: after a change only its days are
//! counted again. It also tells on which days a page lies, so that no page is reached by walking over all that stand before it.

use std::collections::BTreeMap;

use sea_orm::entity::prelude::*;

use super::{Filter, list};
use crate::Page;

/// Logs that a filter shows, by day; days without any are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days(BTreeMap<Date, u64>);

/// Where a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub newest: Date,
    pub oldest: Date,
    /// Logs of the newest day that stand on earlier pages.
    pub skip: u64,
}

impl Days {
    /// Counts every day.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<Self, DbErr> {
        list::count_by_day(db, filter, None).await.map(|counts| Self(counts.into_iter().collect()))
    }

    /// Counts some days again.
    ///
    /// # Errors
    /// The database is out of reach; nothing has changed then.
    pub async fn recount(
        &mut self,
        db: &impl ConnectionTrait,
        filter: &Filter,
        days: Vec<Date>,
    ) -> Result<(), DbErr> {
        let counts = list::count_by_day(db, filter, Some(days.clone())).await?;
        self.0.retain(|day, _| !days.contains(day));
        self.0.extend(counts);
        Ok(())
    }

    /// Logs on all days.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The days of a page; nothing where the list ends before it.
    pub(super) fn stretch(&self, page: Page) -> Option<Stretch> {
        let first = page.offset();
        let end = first.saturating_add(page.size);
        let (mut before, mut stretch) = (0, None);
        for (&day, logs) in self.0.iter().rev() {
            if before >= end {
                break;
            }
            if before + logs > first {
                let begin = || Stretch { newest: day, oldest: day, skip: first - before };
                stretch.get_or_insert_with(begin).oldest = day;
            }
            before += logs;
        }
        stretch
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn day(number: u32) -> Date {
        Date::from_ymd_opt(2026, 11, number).unwrap()
    }

    /// Three logs on the 5th, none on the 4th, two on the 3rd, four on the 1st.
    fn days() -> Days {
        Days([(day(5), 3), (day(3), 2), (day(1), 4)].into_iter().collect())
    }

    fn stretch(number: u64, size: u64) -> Option<(u32, u32, u64)> {
        use chrono::Datelike as _;
        let found = days().stretch(Page { number, size })?;
        Some((found.newest.day(), found.oldest.day(), found.skip))
    }

    #[test]
    fn a_page_lies_on_the_days_of_its_first_and_its_last_log() {
        assert_eq!(stretch(1, 2), Some((5, 5, 0)));
        assert_eq!(stretch(2, 2), Some((5, 3, 2)));
        assert_eq!(stretch(3, 2), Some((3, 1, 1)));
        assert_eq!(stretch(1, 3), Some((5, 5, 0)));
        assert_eq!(stretch(2, 3), Some((3, 1, 0)));
        assert_eq!(stretch(1, 200), Some((5, 1, 0)));
    }

    #[test]
    fn behind_the_last_log_there_is_no_page() {
        assert_eq!(stretch(4, 3), None);
        assert_eq!(stretch(u64::MAX, 200), None);
        assert_eq!(Days::default().stretch(Page { number: 1, size: 20 }), None);
        assert_eq!(days().total(), 9);
    }
}
