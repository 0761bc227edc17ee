//! The list of detections that more than one kind answers. What a kind adds to each detection is its own.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::{self, Identity, Name, Percent, Rectangle};
use crate::error::ProviderError;
use crate::face::{MAX_FACES, RecognisedFace};

#[derive(Deserialize)]
struct Answer<Own> {
    detections: Vec<Detection<Own>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detection<Own> {
    person_id: Option<Identity>,
    name: Option<Name>,
    confidence: Percent,
    bounding_box: Rectangle,
    #[serde(flatten)]
    own: Own,
}

/// What only one kind knows of a face.
#[derive(Default)]
pub(super) struct Particulars {
    /// The score in the provider's own terms.
    pub score: Option<f64>,
    /// Names the same face in the next frames.
    pub track_id: Option<String>,
}

/// The faces in an answer; `particulars` reads what the kind has added, with the confidence as it came.
///
/// # Errors
/// [`ProviderError::BadAnswer`].
pub(super) fn faces<Own: DeserializeOwned>(
    answer: &Value,
    particulars: impl Fn(Own, f64) -> Particulars,
) -> Result<Vec<RecognisedFace>, ProviderError> {
    let Answer { detections } = answer::read(answer)?;
    let face = |detection: Detection<Own>| {
        let Particulars { score, track_id } = particulars(detection.own, detection.confidence.given);
        Some(RecognisedFace {
            person_id: answer::known(detection.person_id),
            name: detection.name.map(|name| name.0).filter(|name| !name.is_empty()),
            confidence: detection.confidence.clamped,
            provider_score: score,
            bounding_box: detection.bounding_box.in_picture()?,
            track_id,
        })
    };
    Ok(detections.into_iter().filter_map(face).take(MAX_FACES).collect())
}
