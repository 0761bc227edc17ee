//! The way from a socket to the application: how connections are accepted, bounded, answered and ended.

mod acceptor;
mod connection;
mod serve;

pub use acceptor::{BoundedAcceptor, MAX_CONNECTIONS};
pub use serve::serve;
