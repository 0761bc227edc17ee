//! The worker's side: what to take, how much of it, and for how long it is held.

mod ack;
mod attempt;
mod backend;
mod control;
mod fetch;
mod health;
mod intake;
mod layer;
mod lease;
mod options;
mod permits;
mod registry;
mod rotation;
mod running;
mod settle;
mod shared;
mod turn;
mod unpack;
mod wake;

pub use backend::RedisBackend;
pub use control::{Phase, WorkerControl, WorkerStatus};
pub use options::{QueueShare, WorkerOptions};
pub(crate) use running::Stop;
