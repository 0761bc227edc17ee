//! Kind `http`: any endpoint that takes a multipart form of `image` and `cameraId` with a bearer key, and answers a list
//! of detections. It has no health check of its own: whatever it says to GET shows that it is there.

use bytes::Bytes;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::{Endpoint, Kind, by_status};
use crate::answer::{self, Identity, Name, Percent, Rectangle};
use crate::error::ProviderError;
use crate::face::{MAX_FACES, RecognisedFace};

/// See the module.
#[derive(Debug)]
pub(super) struct Http;

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
    bounding_box: Rectangle,
    track_id: Option<Identity>,
}

impl Detection {
    fn into_face(self) -> Option<RecognisedFace> {
        Some(RecognisedFace {
            person_id: answer::known(self.person_id),
            name: self.name.map(|name| name.0).filter(|name| !name.is_empty()),
            confidence: self.confidence.clamped,
            provider_score: Some(self.confidence.given),
            bounding_box: self.bounding_box.in_picture()?,
            track_id: answer::known(self.track_id),
        })
    }
}

impl Kind for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn default_min_confidence(&self) -> f64 {
        80.0
    }

    fn recognise(
        &self,
        endpoint: &Endpoint<'_>,
        jpeg: Bytes,
        camera_id: &str,
    ) -> Result<RequestBuilder, ProviderError> {
        let length = jpeg.len() as u64;
        let image = Part::stream_with_length(Body::from(jpeg), length).file_name("frame.jpg");
        let image = image.mime_str("image/jpeg").map_err(ProviderError::from)?;
        let form = Form::new().part("image", image).text("cameraId", camera_id.to_owned());
        Ok(endpoint.authorised(Method::POST, "")?.multipart(form))
    }

    fn faces(&self, answer: &Value) -> Result<Vec<RecognisedFace>, ProviderError> {
        let Answer { detections } = answer::read(answer)?;
        Ok(detections.into_iter().filter_map(Detection::into_face).take(MAX_FACES).collect())
    }

    fn health(&self, endpoint: &Endpoint<'_>) -> Result<RequestBuilder, ProviderError> {
        endpoint.authorised(Method::GET, "")
    }

    fn judge_health(&self, status: StatusCode) -> Result<(), ProviderError> {
        match by_status(status) {
            // "Not found" or "method not allowed" comes from somebody who is at home.
            Err(ProviderError::Rejected(_)) => Ok(()),
            judged => judged,
        }
    }
}
