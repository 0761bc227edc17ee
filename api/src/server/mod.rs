//! The way from a socket to the application: how connections are accepted, bounded and ended.

mod acceptor;
mod connection;

pub use acceptor::{BoundedAcceptor, MAX_CONNECTIONS};
