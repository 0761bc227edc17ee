//! An enrolled person, and the rules for their id.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::Embedding;

/// Longest id, in characters.
const MAX_ID_LENGTH: usize = 128;

/// Names a person: 1 to 128 ASCII letters, digits, `-`, `_` and `.`, the first not a dot; so it is a safe file name too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonId(String);

impl PersonId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PersonId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if (1..=MAX_ID_LENGTH).contains(&id.len()) && !id.starts_with('.') && id.bytes().all(is_allowed) {
            Ok(Self(id))
        } else {
            Err("a person's id has 1 to 128 letters, digits, '-', '_' or '.', and does not begin with '.'")
        }
    }
}

impl From<PersonId> for String {
    fn from(id: PersonId) -> Self {
        id.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is kept of a picture; the picture itself is not.
#[derive(Clone, Debug, PartialEq)]
pub struct EnrolledImage {
    /// Names the picture: derived from its bytes, so that sending it again changes nothing.
    pub reference: String,
    /// 0 to 1.
    pub quality: f32,
    /// The face in it.
    pub embedding: Embedding,
}

impl EnrolledImage {
    /// The reference of a picture with these bytes.
    #[must_use]
    pub fn reference_of(file: &[u8]) -> String {
        Sha256::digest(file).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// An enrolled person.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their name, as it is shown.
    pub name: String,
    /// Their pictures.
    pub images: Vec<EnrolledImage>,
}

impl Person {
    /// Keeps the first of each picture.
    pub(super) fn drop_repeated_images(&mut self) {
        let mut seen = HashSet::new();
        self.images.retain(|image| seen.insert(image.reference.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_safe_file_names() {
        for good in ["7", "a3f0c9e2-1b7d-4c55-9d1e-0f5a4e1b2c3d", "E.Collins_1"] {
            assert!(PersonId::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "../x", "a/b", "a\0b", "é", ".hidden", &"a".repeat(129)] {
            assert!(PersonId::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
