//! Kind `rollcall`: our own provider. The picture is the body of `POST /detect`; `GET /health` tells whether it is well.

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::Value;

use super::{Endpoint, Kind};
use crate::answer::{self, Identity, Name, Percent, Rectangle};
use crate::error::ProviderError;
use crate::face::{MAX_FACES, RecognisedFace};

/// See the module.
#[derive(Debug)]
pub(super) struct Rollcall;

#[derive(Deserialize)]
struct Answer {
    detections: Vec<Detection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detection {
    person_id: Option<Identity>,
    name: Option<Name>,
    confidence: Percent,
    /// Euclidean distance of the face's embedding to the nearest person's.
    distance: Option<f64>,
    bounding_box: Rectangle,
}

impl Detection {
    fn into_face(self) -> Option<RecognisedFace> {
        Some(RecognisedFace {
            person_id: answer::known(self.person_id),
            name: self.name.map(|name| name.0).filter(|name| !name.is_empty()),
            confidence: self.confidence.clamped,
            provider_score: self.distance,
            bounding_box: self.bounding_box.in_picture()?,
            track_id: None,
        })
    }
}

impl Kind for Rollcall {
    fn name(&self) -> &'static str {
        "rollcall"
    }

    /// Confidence is 100 × (1 − distance), and 0.45 is the largest distance at which strangers stay strangers.
    fn default_min_confidence(&self) -> f64 {
        55.0
    }

    fn recognise(
        &self,
        endpoint: &Endpoint<'_>,
        jpeg: Bytes,
        camera_id: &str,
    ) -> Result<RequestBuilder, ProviderError> {
        let request = endpoint.authorised(Method::POST, "/detect")?;
        Ok(request.query(&[("cameraId", camera_id)]).header(CONTENT_TYPE, "image/jpeg").body(jpeg))
    }

    fn faces(&self, answer: &Value) -> Result<Vec<RecognisedFace>, ProviderError> {
        let Answer { detections } = answer::read(answer)?;
        Ok(detections.into_iter().filter_map(Detection::into_face).take(MAX_FACES).collect())
    }

    fn health(&self, endpoint: &Endpoint<'_>) -> Result<RequestBuilder, ProviderError> {
        endpoint.authorised(Method::GET, "/health")
    }
}
