//! Kind `rollcall`: our own provider. The picture is the body of `POST /detect`; `GET /health` tells whether it is well,
//! and by its fields that it is our provider who answers.

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::detections::{self, Particulars};
use super::{Condition, Endpoint, Kind, by_status};
use crate::answer;
use crate::error::ProviderError;
use crate::face::RecognisedFace;

/// See the module.
#[derive(Debug)]
pub(super) struct Rollcall;

#[derive(Deserialize)]
struct Own {
    /// Euclidean distance of the face's embedding to the nearest person's.
    distance: Option<f64>,
}

/// The health document. All of these fields together are what tells it from somebody else's.
#[derive(Deserialize)]
struct Health {
    status: HealthStatus,
    #[serde(rename = "model")]
    _model: String,
    #[serde(rename = "people")]
    _people: u64,
    #[serde(rename = "version")]
    _version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum HealthStatus {
    Ok,
    Degraded,
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
        detections::faces(answer, |own: Own, _| Particulars { score: own.distance, track_id: None })
    }

    fn health(&self, endpoint: &Endpoint<'_>) -> Result<RequestBuilder, ProviderError> {
        endpoint.authorised(Method::GET, "/health")
    }

    fn judge_health(&self, status: StatusCode, body: &[u8]) -> Result<Condition, ProviderError> {
        by_status(status)?;
        let document = answer::json(body)?;
        let Health { status, .. } = answer::read(&document)?;
        Ok(match status {
            HealthStatus::Ok => Condition::Well,
            HealthStatus::Degraded => {
                Condition::Ailing("the provider cannot read the files of some people: enrol them again")
            }
        })
    }
}
