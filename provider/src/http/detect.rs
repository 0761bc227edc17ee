//! `POST /detect`: whose faces are in a picture.

use std::sync::Arc;
use std::time::Instant;

use poem::web::{Data, Json, Query};
use poem::{Body, Request, handler};
use serde::{Deserialize, Serialize};

use super::admission::{PICTURE_PLACES, Service};
use super::answer::{BoundingBox, Landmark, landmarks, rounded};
use super::error::ApiError;
use super::upload::{MAX_PICTURE_BODY, Upload};
use crate::matching::Verdict;
use crate::recogniser::{Recognition, Scene};

/// Longest camera id, in bytes.
const MAX_CAMERA_ID: usize = 128;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    camera_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    detections: Vec<Detection>,
    width: usize,
    height: usize,
    elapsed_ms: u128,
}

/// `person_id` and `name` are there only for a face that was recognised. `confidence` and `distance` are about the
/// nearest person, whatever the verdict; there is no `distance` when nobody is enrolled.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detection {
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<Candidate>,
    confidence: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f64>,
    bounding_box: BoundingBox,
    quality: f64,
    landmarks: [Landmark; 5],
}

/// Whom an uncertain face resembles.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    person_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[handler]
pub(super) async fn detect(
    request: &Request,
    body: Body,
    Query(parameters): Query<Parameters>,
    Data(service): Data<&Arc<Service>>,
) -> Result<Json<impl Serialize + use<>>, ApiError> {
    let start = Instant::now();
    let camera = parameters.camera_id.unwrap_or_default();
    if camera.len() > MAX_CAMERA_ID {
        return Err(ApiError::Invalid(format!("cameraId is longer than {MAX_CAMERA_ID} bytes")));
    }
    let place = service.admit(PICTURE_PLACES)?;
    let file = Upload::read(request, body, MAX_PICTURE_BODY).await?.into_single_file()?;
    let scene = service.work(place, move |recogniser| recogniser.recognise(&file)).await?;
    let elapsed_ms = start.elapsed().as_millis();
    tracing::debug!(camera, faces = scene.faces.len(), elapsed_ms, "a picture was looked at");
    Ok(Json(Answer::new(scene, elapsed_ms)))
}

impl Answer {
    fn new(scene: Scene<Recognition>, elapsed_ms: u128) -> Self {
        let Scene { width, height, faces, .. } = scene;
        let detections = faces.into_iter().map(|face| Detection::new(face, width, height)).collect();
        Self { detections, width, height, elapsed_ms }
    }
}

impl Detection {
    fn new(found: Recognition, width: usize, height: usize) -> Self {
        let confidence = rounded(found.confidence(), 2);
        let distance = found.nearest.as_ref().map(|nearest| rounded(nearest.distance, 4));
        let nearest = found.nearest.map(|nearest| nearest.person.to_string());
        let (person_id, name, candidate) = match found.verdict {
            Verdict::Recognised => (nearest, found.name, None),
            Verdict::Uncertain => {
                (None, None, nearest.map(|person_id| Candidate { person_id, name: found.name }))
            }
            Verdict::Unknown => (None, None, None),
        };
        Self {
            person_id,
            name,
            verdict: found.verdict,
            candidate,
            confidence,
            distance,
            bounding_box: BoundingBox::of(&found.face, width, height),
            quality: rounded(found.face.quality, 3),
            landmarks: landmarks(&found.face),
        }
    }
}
