//! Connections to Redis that come back by themselves, to whatever the URL names: one server, a master that Sentinel
//! watches, or a Cluster, each with or without TLS.
//!
//! [`Address`] reads the URL, [`Link`] sends commands, [`Script`] runs Lua on whichever node holds its keys, and
//! [`Messages`] is a subscription. Nothing here knows a key, a queue or a channel.

mod address;
mod cluster;
mod link;
mod master;
mod messages;
mod node;
mod script;
mod slots;
mod tls;

pub use address::{Address, AddressError, SCHEMES};
pub use link::Link;
pub use messages::Messages;
pub use script::Script;
