//! Who is in the picture: each face of the provider's answer is matched with our own profiles and judged, and its thumbnail goes
//! into storage.

use std::collections::HashMap;

use attendance::{
    DetectionStatus,
    classify::{Match, ProfileStatus, classify},
};
use bytes::Bytes;
use capture::Frame;
use entity::{detection::BoundingBox, face_profile};
use futures_util::future::try_join_all;
use recognition::{RecognisedFace, Recognition};
use serde_json::Value;
use uuid::{NoContext, Timestamp, Uuid};

use super::{look::Trouble, thumbnail};
use crate::{configuration::Snapshot, context::Context};

/// One judged face.
#[derive(Debug)]
pub(super) struct Face {
    /// Id of the detection that it becomes.
    pub id: Uuid,
    /// What the recognition means.
    pub status: DetectionStatus,
    /// Who it is, unless unknown.
    pub person: Option<Person>,
    /// 0 to 100.
    pub confidence: f64,
    /// The provider's own score.
    pub provider_score: Option<f64>,
    /// Where in the frame.
    pub bounding_box: BoundingBox,
    /// The provider's name for a face that it follows.
    pub track_id: Option<String>,
    /// Key of its thumbnail.
    pub thumbnail_key: Option<String>,
}

/// Somebody who was recognised.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Employee id, or the provider's id of somebody without a profile here.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// Name of the department.
    pub department: Option<String>,
}

/// All faces of one frame.
#[derive(Debug)]
pub(super) struct Faces {
    /// In the provider's order.
    pub faces: Vec<Face>,
    /// The provider's answer.
    pub raw: Value,
    /// How long it took, in milliseconds.
    pub latency_ms: f64,
}

/// Judges every face and stores its thumbnail.
pub(super) async fn judge(
    context: &Context,
    snapshot: &Snapshot,
    frame: &Frame,
    recognition: Recognition,
) -> Result<Faces, Trouble> {
    let latency_ms = recognition.latency.as_secs_f64() * 1_000.0;
    let ids = recognition.faces.iter().filter_map(|face| face.person_id.clone());
    let ids: Vec<_> = ids.collect();
    let profiles =
        if ids.is_empty() { Vec::new() } else { face_profile::of_employees(&context.db, ids).await? };
    let profiles: HashMap<_, _> =
        profiles.into_iter().map(|profile| (profile.employee_id.clone(), profile)).collect();
    let judged = recognition.faces.into_iter().map(|face| one(frame, snapshot, &profiles, face));
    let mut faces: Vec<_> = judged.collect();
    keep_thumbnails(context, frame, &mut faces).await?;
    Ok(Faces { faces, raw: recognition.raw, latency_ms })
}

fn one(
    frame: &Frame,
    snapshot: &Snapshot,
    profiles: &HashMap<String, face_profile::Model>,
    face: RecognisedFace,
) -> Face {
    let profile = face.person_id.as_ref().and_then(|id| profiles.get(id));
    let found = face.person_id.as_ref().map(|_| Match {
        confidence: face.confidence,
        profile: profile.map(|profile| profile_status(profile.status)),
    });
    let status = classify(found, snapshot.provider.min_confidence);
    let person = face.person_id.filter(|_| status != DetectionStatus::Unknown).map(|id| Person {
        id,
        name: profile.map(|profile| profile.name.clone()).or(face.name),
        department: profile.and_then(|profile| profile.department.clone()),
    });
    Face {
        id: id_at(frame),
        status,
        person,
        confidence: face.confidence,
        provider_score: face.provider_score,
        bounding_box: bounding_box(face.bounding_box),
        track_id: face.track_id,
        thumbnail_key: None,
    }
}

/// A version 7 id of the time of capture, so that ids and timestamps sort alike.
fn id_at(frame: &Frame) -> Uuid {
    let at = frame.captured_at;
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.timestamp_subsec_nanos()))
}

fn profile_status(stored: face_profile::Status) -> ProfileStatus {
    match stored {
        face_profile::Status::Active => ProfileStatus::Active,
        face_profile::Status::Pending => ProfileStatus::Pending,
        face_profile::Status::Archived => ProfileStatus::Archived,
    }
}

/// The provider's boxes lie within the largest JPEG, so the casts cannot wrap.
fn bounding_box(found: recognition::BoundingBox) -> BoundingBox {
    let pixels = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    BoundingBox {
        top: pixels(found.top),
        left: pixels(found.left),
        width: pixels(found.width),
        height: pixels(found.height),
    }
}

/// A frame that cannot be decoded keeps its detections without thumbnails; storage that is away fails the attempt.
async fn keep_thumbnails(context: &Context, frame: &Frame, faces: &mut [Face]) -> Result<(), Trouble> {
    if faces.is_empty() {
        return Ok(());
    }
    let boxes: Vec<_> = faces.iter().map(|face| face.bounding_box).collect();
    let pictures = cut(frame.jpeg.clone(), boxes).await;
    for (face, picture) in faces.iter_mut().zip(&pictures) {
        face.thumbnail_key = picture.is_some().then(|| format!("thumbnails/{}.jpg", face.id));
    }
    let uploads =
        faces.iter().zip(pictures).filter_map(|(face, picture)| face.thumbnail_key.as_ref().zip(picture));
    try_join_all(uploads.map(|(key, picture)| context.storage.put(key, "image/jpeg", picture))).await?;
    Ok(())
}

async fn cut(jpeg: Bytes, boxes: Vec<BoundingBox>) -> Vec<Option<Bytes>> {
    match tokio::task::spawn_blocking(move || thumbnail::cut(&jpeg, &boxes)).await {
        Ok(Ok(pictures)) => pictures,
        Ok(Err(error)) => {
            tracing::warn!(%error, "no thumbnails");
            Vec::new()
        }
        Err(error) => {
            tracing::error!(%error, "the thumbnail task ended");
            Vec::new()
        }
    }
}
