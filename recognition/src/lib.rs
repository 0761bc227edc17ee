//! Clients of face-detection providers. A kind of provider is one file in [`kinds`](crate::Kind) that knows its
//! requests and answers; everything that all calls share (limits, circuit breaker, measurements) is in the client.
//! [`Recognisers`] hands out the client of the configuration that holds now.

mod answer;
mod breaker;
mod client;
mod config;
mod error;
mod face;
mod kinds;
mod recogniser;
mod recognisers;
mod standing;

pub use config::ProviderConfig;
pub use error::ProviderError;
pub use face::{BoundingBox, MAX_FACES, RecognisedFace, Recognition};
pub use kinds::{Condition, Kind, kind_named, kind_names};
pub use recogniser::{Checkup, Health, ProviderStatus, Recogniser};
pub use recognisers::{Recognisers, Tuning};
