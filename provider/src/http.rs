//! The HTTP contract: one file an endpoint, and what they share. An endpoint reads its input, calls one function of the
//! recogniser away from the async threads, and wraps the answer.

mod acceptor;
mod admission;
mod answer;
mod detect;
mod encode;
mod error;
mod health;
mod key;
mod people;
mod server;
mod upload;
mod verify;

pub use self::key::ApiKey;
pub use self::server::serve;
