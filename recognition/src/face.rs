//! What a provider saw in a picture, checked and bounded.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

/// No more faces are taken from one picture.
pub const MAX_FACES: usize = 200;

/// A checked answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognition {
    /// The faces, in the provider's order, [`MAX_FACES`] at most.
    pub faces: Vec<RecognisedFace>,
    /// The whole answer as it came, for the event log; NUL characters, which PostgreSQL cannot store, are replaced.
    pub raw: Value,
    /// From sending the picture to the end of the answer.
    pub latency: Duration,
}

/// One face.
#[derive(Debug, Clone, PartialEq)]
pub struct RecognisedFace {
    /// The person as enrolled at the provider; `None` for a stranger. At most 128 bytes, no control characters.
    pub person_id: Option<String>,
    /// The person's name as the provider knows it, at most 200 characters, no control characters.
    pub name: Option<String>,
    /// How sure the provider is, 0 to 100.
    pub confidence: f64,
    /// The provider's own figure, as it came; figures of two providers are not comparable.
    pub provider_score: Option<f64>,
    /// Where in the picture the face is.
    pub bounding_box: BoundingBox,
    /// The same face in successive pictures, where the provider tracks. At most 128 bytes, no control characters.
    pub track_id: Option<String>,
}

/// A rectangle in pixels of the picture, at least one pixel in size, inside 65,535 × 65,535 (the largest JPEG).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BoundingBox {
    /// From the upper edge of the picture.
    pub top: u32,
    /// From the left edge of the picture.
    pub left: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
}
