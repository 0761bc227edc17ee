//! The worker's side: what to take, how much of it, and for how long it is held.

mod ack;
mod attempt;
mod backend;
mod control;
mod fetch;
mod layer;
mod lease;
mod options;
mod registry;
mod rotation;
mod running;
mod shared;
mod unpack;
mod wake;

pub use backend::RedisBackend;
pub use control::{Phase, WorkerControl, WorkerStatus};
pub use options::{QueueShare, WorkerOptions};
pub(crate) use running::Stop;
