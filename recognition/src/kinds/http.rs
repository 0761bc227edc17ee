//! Kind `http`: any endpoint that takes a multipart form of `image` and `cameraId` with a bearer key, and answers a list
//! of detections. It has no health check of its own, and what it says to any other request proves nothing: it is sent an
//! empty grey picture, and must answer that in the shape of every other.

use bytes::Bytes;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::detections::{self, Particulars};
use super::{Condition, Endpoint, Kind, by_status};
use crate::answer::{self, Identity};
use crate::error::ProviderError;
use crate::face::RecognisedFace;

/// 160 × 120 pixels of grey.
const EMPTY_PICTURE: &[u8] = include_bytes!("empty.jpg");
/// The camera that it is said to come from.
const HEALTH_CAMERA: &str = "health-check";

/// See the module.
#[derive(Debug)]
pub(super) struct Http;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Own {
    track_id: Option<Identity>,
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
        detections::faces(answer, |own: Own, confidence| Particulars {
            score: Some(confidence),
            track_id: answer::known(own.track_id),
        })
    }

    fn health(&self, endpoint: &Endpoint<'_>) -> Result<RequestBuilder, ProviderError> {
        self.recognise(endpoint, Bytes::from_static(EMPTY_PICTURE), HEALTH_CAMERA)
    }

    fn judge_health(&self, status: StatusCode, body: &[u8]) -> Result<Condition, ProviderError> {
        match by_status(status) {
            Ok(()) => self.faces(&answer::json(body)?).map(|_| Condition::Well),
            // Some services call a picture without a face an error.
            Err(ProviderError::Rejected(400 | 413 | 415 | 422)) => {
                Ok(Condition::Ailing("the provider answers, but refuses the empty picture of the check"))
            }
            Err(error) => Err(error),
        }
    }
}
