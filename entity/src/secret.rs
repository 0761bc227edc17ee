//! A text column that must never be shown. Password and token hashes, sealed API keys and stream addresses are kept in
//! [`Secret`], so that neither a debug print, a log line nor an audit row can spell one out.

use std::fmt;

use sea_orm::entity::prelude::*;
use serde::{Serialize, Serializer};

/// What is printed and serialised in place of the value.
pub const MASK: &str = "***";

/// Text that is written and compared, and shown as `***`.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct Secret(String);

impl Secret {
    /// Takes the value over as it is stored: already hashed or sealed.
    pub fn new(stored: impl Into<String>) -> Self {
        Self(stored.into())
    }

    /// The stored value, for comparing or opening it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}
