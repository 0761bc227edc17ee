//! Real time: browsers connect to `/ws`, subscribe to channels, and get what workers publish. One subscription to
//! Redis a replica, one bounded queue a browser, so that a slow one harms nobody but itself.

mod client;
mod endpoint;
mod guard;
mod hub;
mod outgoing;
mod protocol;
mod session;

pub use endpoint::{PATH, endpoint, token_of};
pub use guard::watch;
pub use hub::Hub;
