//! Pages of a list. A total is an exact count under the list's own filter, and it is not asked for where the page itself tells
//! it; filters are `Eq + Hash`, so that a caller may keep totals in a cache of its own and read pages only.

use std::future::Future;

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QuerySelect, Select};

/// Which part of a list is wanted. The caller has checked the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// Number of the page, from 1.
    pub number: u64,
    /// Rows per page, at least 1.
    pub size: u64,
}

impl Page {
    pub(crate) fn offset(self) -> u64 {
        self.number.saturating_sub(1).saturating_mul(self.size)
    }

    /// The total, where this many rows on the page tell it: the last page does, and so does an empty first one.
    fn total_told_by(self, rows: usize) -> Option<u64> {
        let rows = rows as u64;
        let is_last = rows < self.size && (rows > 0 || self.number <= 1);
        is_last.then(|| self.offset() + rows)
    }
}

/// One page, and how many rows there are on all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Paged<T> {
    /// Rows of the page.
    pub rows: Vec<T>,
    /// Rows of the whole list.
    pub total: u64,
}

/// The rows of one page of an ordered selection.
pub(crate) async fn rows<E: EntityTrait>(
    db: &impl ConnectionTrait,
    ordered: Select<E>,
    page: Page,
) -> Result<Vec<E::Model>, DbErr> {
    // bigint ends the pages: an offset beyond it names rows that cannot be.
    let offset = page.offset().min(i64::MAX as u64);
    ordered.offset(offset).limit(page.size).all(db).await
}

/// One page of an ordered selection, with its total; `filtered` is the same selection before it was ordered.
pub(crate) async fn paged<E>(
    db: &impl ConnectionTrait,
    filtered: Select<E>,
    ordered: Select<E>,
    page: Page,
) -> Result<Paged<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: Sync,
{
    with_total(db, ordered, page, filtered.count(db)).await
}

/// The same where a total is got otherwise than by counting; it is only asked for where the page does not tell it.
pub(crate) async fn with_total<E: EntityTrait>(
    db: &impl ConnectionTrait,
    ordered: Select<E>,
    page: Page,
    total: impl Future<Output = Result<u64, DbErr>>,
) -> Result<Paged<E::Model>, DbErr> {
    let rows = rows(db, ordered, page).await?;
    let total = match page.total_told_by(rows.len()) {
        Some(total) => total,
        None => total.await?,
    };
    Ok(Paged { rows, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_full_tells_the_total() {
        let page = Page { number: 3, size: 20 };
        assert_eq!(page.total_told_by(5), Some(45));
        assert_eq!(Page { number: 1, size: 20 }.total_told_by(0), Some(0));
    }

    #[test]
    fn a_full_page_or_one_beyond_the_end_does_not_tell_the_total() {
        assert_eq!(Page { number: 1, size: 20 }.total_told_by(20), None);
        assert_eq!(Page { number: 3, size: 20 }.total_told_by(0), None);
    }

    #[test]
    fn the_largest_page_number_does_not_overflow() {
        assert_eq!(Page { number: u64::MAX, size: 200 }.offset(), u64::MAX);
    }
}
