//! What Prometheus learns of the pool.

use std::time::Duration;

use metrics::gauge;
use sea_orm::DatabaseConnection;

/// Shorter than any scrape interval, and it costs three loads.
const EVERY: Duration = Duration::from_secs(1);

/// Keeps the gauges up to date until the pool is closed.
pub(super) async fn keep(db: DatabaseConnection, most: u32) {
    gauge!("rollcall_db_pool_max_connections").set(most);
    let mut every = tokio::time::interval(EVERY);
    while !db.get_postgres_connection_pool().is_closed() {
        tell(&db);
        every.tick().await;
    }
}

fn tell(db: &DatabaseConnection) {
    let pool = db.get_postgres_connection_pool();
    let (open, idle) = (pool.size(), u32::try_from(pool.num_idle()).unwrap_or(u32::MAX));
    gauge!("rollcall_db_pool_connections", "state" => "open").set(open);
    gauge!("rollcall_db_pool_connections", "state" => "idle").set(idle);
    gauge!("rollcall_db_pool_connections", "state" => "in_use").set(open.saturating_sub(idle));
}
