//! Counting what was left in the database.

use std::collections::BTreeSet;
use std::time::Duration;

use entity::job_outbox::{self, Outcome};
use queue::JobId;
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, Statement};
use testkit::eventually;

use super::Load;

/// How long the work may take once the fault is over, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(120);

impl Load {
    /// Waits until so many jobs have left their mark.
    pub async fn until_marked(&self, count: usize) {
        eventually(PATIENCE, &format!("{count} jobs have left their mark"), async || {
            // The database may be the one that is away.
            (self.marks().await?.len() >= count).then_some(())
        })
        .await;
    }

    /// How many marks there are.
    pub async fn marked(&self) -> usize {
        self.marks().await.unwrap().len()
    }

    /// The job of every mark, in the order of their numbers; `None` while the database is away.
    async fn marks(&self) -> Option<Vec<JobId>> {
        let query = Statement::from_string(
            self.db.get_database_backend(),
            "SELECT job_id FROM marks ORDER BY number",
        );
        let rows = self.db.query_all_raw(query).await.ok()?;
        rows.iter().map(|row| row.try_get_by_index(0).ok()).collect()
    }

    /// Waits until the sweeper has written every end down.
    pub(super) async fn until_all_rows_are_done(&self) {
        eventually(PATIENCE, "every accepted job's row says that it is done", async || {
            let open = job_outbox::Entity::find()
                .filter(job_outbox::Column::Kind.eq("leave_mark"))
                .filter(job_outbox::Column::Outcome.is_null());
            open.all(&self.db).await.ok()?.is_empty().then_some(())
        })
        .await;
        let rows = job_outbox::Entity::find()
            .filter(job_outbox::Column::Kind.eq("leave_mark"))
            .all(&self.db)
            .await
            .unwrap();
        let others: Vec<_> = rows
            .iter()
            .filter(|row| self.jobs.contains(&row.id) && row.outcome != Some(Outcome::Done))
            .collect();
        assert!(others.is_empty(), "ended otherwise: {others:?}");
    }

    pub(super) async fn no_mark_is_missing_or_doubled(&self) {
        let marks = self.marks().await.unwrap();
        let distinct: BTreeSet<_> = marks.iter().copied().collect();
        assert_eq!(marks.len(), distinct.len(), "some job left two marks");
        assert_eq!(distinct, self.jobs.iter().copied().collect(), "each accepted job left one");
    }
}
