//! Audit rows of calls that failed because the database is away, or did not answer in time. Their clients have been answered;
//! the rows wait here until the database is back. What cannot wait any longer goes to the log, so that it stands somewhere.

use std::time::Duration;

use entity::audit_log::{self, ActiveModel};
use metrics::{counter, gauge};
use platform::{Shutdown, launch::chain};
use sea_orm::DatabaseConnection;
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::{sleep, timeout},
};
use tokio_util::task::TaskTracker;

use crate::error::ApiError;

/// Rows that wait at most: about two minutes of refused calls at 100 a second, some 10 MB.
const MOST: usize = 10_000;

/// Rest between two tries while the database is away.
const REST: Duration = Duration::from_secs(1);

/// Longest time for the last rows when the process ends.
const FAREWELL: Duration = Duration::from_secs(5);

/// The rows that wait, and who writes them.
pub struct Backlog {
    rows: Sender<ActiveModel>,
    end: Shutdown,
    writer: TaskTracker,
}

impl Backlog {
    /// Starts the writer; it has nothing to do as a rule.
    #[must_use]
    pub fn start(db: DatabaseConnection) -> Self {
        let (rows, waiting) = mpsc::channel(MOST);
        let (end, writer) = (Shutdown::new(), TaskTracker::new());
        writer.spawn(write(db, waiting, end.clone()));
        writer.close();
        Self { rows, end, writer }
    }

    /// Takes a row that could not be written.
    pub fn take(&self, row: ActiveModel) {
        if let Err(refused) = self.rows.try_send(row) {
            let why = ApiError::unavailable("database", refused.to_string());
            lose(&refused.into_inner(), &why);
        }
    }

    /// Writes what can be written before the process ends.
    pub async fn finish(&self) {
        self.end.start();
        if timeout(FAREWELL, self.writer.wait()).await.is_err() {
            tracing::error!("audit rows were lost: the database does not answer");
        }
    }
}

async fn write(db: DatabaseConnection, mut rows: Receiver<ActiveModel>, end: Shutdown) {
    loop {
        let row = tokio::select! {
            biased;
            row = rows.recv() => row,
            () = end.wait() => None,
        };
        let Some(row) = row else { return };
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and there are few")]
        gauge!("rollcall_audit_backlog").set((rows.len() + 1) as f64);
        if let Err(error) = write_one(&db, row, &end).await {
            while let Ok(row) = rows.try_recv() {
                lose(&row, &error);
            }
            return;
        }
        if rows.is_empty() {
            gauge!("rollcall_audit_backlog").set(0.0);
        }
    }
}

/// Tries until the row is written or refused for good; the database is given up only when the process ends.
async fn write_one(db: &DatabaseConnection, row: ActiveModel, end: &Shutdown) -> Result<(), ApiError> {
    while let Err(error) = audit_log::append_once(db, row.clone()).await {
        let error = ApiError::from(error);
        let is_away = matches!(error, ApiError::Unavailable { .. });
        if !is_away || end.started() {
            lose(&row, &error);
            return if is_away { Err(error) } else { Ok(()) };
        }
        sleep(REST).await;
    }
    Ok(())
}

/// The last resort: who did what stands in the log.
fn lose(row: &ActiveModel, error: &ApiError) {
    counter!("rollcall_audit_lost_total").increment(1);
    tracing::error!(
        error = %chain(error), actor = ?row.actor, action = ?row.action, client = ?row.ip_address,
        request = ?row.request_id, refused = ?row.error_message, "an audit row was lost",
    );
}
