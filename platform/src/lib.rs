//! What every binary stands on: settings, database, Redis, object storage, encryption, telemetry, shutdown and the
//! event bus. Nothing in here knows what Rollcall is for; rules and tables live in their own crates.

pub mod db;
pub mod events;
pub mod launch;
pub mod live;
pub mod ops;
pub mod outbound;
pub mod redis;
pub mod seal;
pub mod settings;
pub mod shutdown;
pub mod storage;
pub mod telemetry;
pub mod timestamp;

pub use settings::Settings;
pub use shutdown::Shutdown;
