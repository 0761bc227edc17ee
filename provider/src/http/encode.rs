//! `POST /encode`: the faces of a picture as embeddings.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, Request, handler};
use serde::Serialize;

use super::admission::{PICTURE_PLACES, Service};
use super::answer::{BoundingBox, rounded};
use super::error::ApiError;
use super::upload::{MAX_PICTURE_BODY, Upload};
use crate::engine::MODEL;

#[derive(Serialize)]
struct Answer {
    model: &'static str,
    faces: Vec<EncodedFace>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EncodedFace {
    bounding_box: BoundingBox,
    quality: f64,
    embedding: Vec<f32>,
}

#[handler]
pub(super) async fn encode(
    request: &Request,
    body: Body,
    Data(service): Data<&Arc<Service>>,
) -> Result<Json<impl Serialize + use<>>, ApiError> {
    let place = service.admit(PICTURE_PLACES)?;
    let file = Upload::read(request, body, MAX_PICTURE_BODY).await?.into_single_file()?;
    let scene = service.work(place, move |recogniser| recogniser.encode(&file)).await?;
    let (width, height) = (scene.width, scene.height);
    let faces = scene.faces.iter().map(|face| EncodedFace {
        bounding_box: BoundingBox::of(face, width, height),
        quality: rounded(face.quality, 3),
        embedding: face.embedding.to_vec(),
    });
    Ok(Json(Answer { model: MODEL, faces: faces.collect() }))
}
