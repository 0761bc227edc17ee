//! Who is in the picture: each face of the provider's answer is matched with our own profiles and judged, and its thumbnail goes
//! into storage.

use std::collections::HashMap;

use attendance::{
    DetectionStatus,
    classify::{Match, ProfileStatus, classify},
};
use capture::Frame;
use entity::{detection::BoundingBox, face_profile};
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

/// Judges every face, while its thumbnail is cut and stored.
pub(super) async fn judge(
    context: &Context,
    snapshot: &Snapshot,
    frame: &Frame,
    recognition: Recognition,
) -> Result<Faces, Trouble> {
    let latency_ms = recognition.latency.as_secs_f64() * 1_000.0;
    let places: Vec<_> =
        recognition.faces.iter().map(|face| (id_at(frame), bounding_box(face.bounding_box))).collect();
    let (profiles, thumbnails) =
        tokio::try_join!(profiles(context, &recognition.faces), thumbnail::keep(context, frame, &places))?;
    let judged = recognition.faces.into_iter().zip(places).zip(thumbnails);
    let judged = judged.map(|((face, (id, bounding_box)), thumbnail_key)| {
        let (status, person) = who(snapshot, &profiles, &face);
        let RecognisedFace { confidence, provider_score, track_id, .. } = face;
        Face { id, status, person, confidence, provider_score, bounding_box, track_id, thumbnail_key }
    });
    Ok(Faces { faces: judged.collect(), raw: recognition.raw, latency_ms })
}

/// The profiles of those whom the provider names, by employee id.
async fn profiles(
    context: &Context,
    faces: &[RecognisedFace],
) -> Result<HashMap<String, face_profile::Model>, Trouble> {
    let ids: Vec<_> = faces.iter().filter_map(|face| face.person_id.clone()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = face_profile::of_employees(&context.db, ids).await?;
    Ok(found.into_iter().map(|profile| (profile.employee_id.clone(), profile)).collect())
}

fn who(
    snapshot: &Snapshot,
    profiles: &HashMap<String, face_profile::Model>,
    face: &RecognisedFace,
) -> (DetectionStatus, Option<Person>) {
    let profile = face.person_id.as_ref().and_then(|id| profiles.get(id));
    let found = face.person_id.as_ref().map(|_| Match {
        confidence: face.confidence,
        profile: profile.map(|profile| profile_status(profile.status)),
    });
    let status = classify(found, snapshot.provider.min_confidence);
    let person = face.person_id.clone().filter(|_| status != DetectionStatus::Unknown).map(|id| Person {
        id,
        name: profile.map(|profile| profile.name.clone()).or_else(|| face.name.clone()),
        department: profile.and_then(|profile| profile.department.clone()),
    });
    (status, person)
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
