//! The gauges of accepted work that has not ended.

use entity::job_outbox::{self, Backlog};
use metrics::gauge;
use sea_orm::{DatabaseConnection, DbErr};

use super::forget;

pub(super) async fn read(db: &DatabaseConnection) -> Result<Backlog, DbErr> {
    job_outbox::backlog(db).await
}

/// Shows what was read, or that nothing is known.
pub(super) fn show(read: Option<&Backlog>) {
    let oldest = gauge!("rollcall_outbox_oldest_seconds");
    read.map_or_else(|| forget(&oldest), |backlog| oldest.set(backlog.oldest_seconds));
    for (age, count) in by_age(&read.cloned().unwrap_or_default()) {
        let unfinished = gauge!("rollcall_outbox_unfinished", "age" => age);
        if read.is_some() { unfinished.set(count) } else { forget(&unfinished) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 jobs")]
fn by_age(backlog: &Backlog) -> [(&'static str, f64); 4] {
    [
        ("up to 1m", backlog.up_to_minute),
        ("up to 10m", backlog.up_to_ten_minutes),
        ("up to 1h", backlog.up_to_hour),
        ("over 1h", backlog.older),
    ]
    .map(|(age, count)| (age, count as f64))
}
