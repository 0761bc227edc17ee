//! Durations as whole milliseconds: in JSON (the outbox stores job options as JSON) and as numbers for Lua.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer};

/// Milliseconds of a duration, saturating.
pub(crate) fn of(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Serde: writes a duration as milliseconds.
pub(crate) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(of(*duration))
}

/// Serde: reads a duration from milliseconds.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    u64::deserialize(from).map(Duration::from_millis)
}
