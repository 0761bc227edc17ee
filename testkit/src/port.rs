//! TCP ports for processes that must be told theirs.

use std::net::TcpListener;

/// A port of 127.0.0.1 on which nobody listened a moment ago. Servers that can bind port 0 themselves should:
/// between this answer and their bind, somebody else may take it.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
