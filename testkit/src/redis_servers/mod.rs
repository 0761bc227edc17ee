//! Redis servers of a test's own, in every shape that an installation may have: one server, a master with replica and
//! sentinels, a cluster, TLS. All are real processes; they die and their folders go with the test, even when it is killed.

mod certificates;
mod cluster;
mod sentinels;
mod server;

pub use certificates::Authority;
pub use cluster::RedisCluster;
pub use sentinels::Sentinels;
pub use server::RedisServer;
