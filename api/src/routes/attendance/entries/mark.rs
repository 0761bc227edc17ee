//! Marking somebody as here: by employee id, or by a picture that the detection provider recognises.

use std::sync::Arc;

use attendance::{
    DetectionStatus,
    classify::{Match, ProfileStatus, classify},
};
use bytes::Bytes;
use chrono::{SubsecRound as _, Utc};
use daybook::{Arrival, Person, Site};
use entity::{attendance_log::Source, detection_provider_config, face_profile};
use poem::{IntoResponse, Request, RequestBody, Response, Result, http::StatusCode};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions, Multipart, Object,
    payload::{ParsePayload, Payload},
    registry::{MetaMediaType, MetaRequest, MetaResponses, Registry},
    types::{Type as _, multipart::Upload},
};
use recognition::RecognisedFace;

use super::{
    super::log::AttendanceLog,
    edits::{keep, person, refusal},
};
use crate::{
    audit::Change,
    call::Call,
    envelope::{Envelope, describe, envelope_json, json_response},
    error::ApiError,
    extract::{Body, OneLine, jpeg_of},
    routes::provider::connection,
    state::App,
};

/// What the provider is told instead of a camera.
const NO_CAMERA: &str = "mark";

/// Somebody, by employee id.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct MarkByHand {
    /// Who.
    #[oai(validator(min_length = 1, max_length = 64))]
    employee_id: OneLine,
}

/// Somebody, by a picture.
#[derive(Debug, Multipart)]
struct MarkByPicture {
    /// JPEG, PNG or WebP with one face.
    image: Upload,
}

/// Either of them, told by the content type.
pub enum MarkRequest {
    /// An employee id.
    ByHand(String),
    /// A picture, as a JPEG without metadata.
    ByPicture(Bytes),
}

impl<'a> ApiExtractor<'a> for MarkRequest {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        MarkByHand::register(registry);
        <MarkByPicture as Payload>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let form = MetaMediaType {
            content_type: <MarkByPicture as Payload>::CONTENT_TYPE,
            schema: <MarkByPicture as Payload>::schema_ref(),
        };
        let mut meta = <Body<MarkByHand> as ApiExtractor>::request_meta()?;
        meta.content.push(form);
        Some(meta)
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        let kind = request.content_type().unwrap_or_default();
        if kind.starts_with("image/") {
            let how = "send the picture as the field image of multipart/form-data, or an employeeId as application/json";
            return Err(ApiError::UnsupportedMediaType(how.into()).into());
        }
        if kind.starts_with("multipart/form-data") {
            let form = <MarkByPicture as ParsePayload>::from_request(request, body).await?;
            return Ok(Self::ByPicture(jpeg_of("image", form.image).await?));
        }
        let by_hand = <Body<MarkByHand> as ApiExtractor>::from_request(request, body, options).await?;
        Ok(Self::ByHand(by_hand.0.employee_id.0))
    }
}

/// What marking somebody came to: 201 for a new mark, 200 for one that was there.
pub enum Marked {
    /// The day has its check-in now.
    New(AttendanceLog),
    /// The person was marked already.
    Already(AttendanceLog),
}

impl IntoResponse for Marked {
    fn into_response(self) -> Response {
        match self {
            Self::New(log) => json_response(StatusCode::CREATED, envelope_json(&log)),
            Self::Already(log) => json_response(StatusCode::OK, envelope_json(&log)),
        }
    }
}

impl ApiResponse for Marked {
    fn meta() -> MetaResponses {
        let responses = vec![
            describe::<Envelope<AttendanceLog>>(StatusCode::OK, "Marked already today"),
            describe::<Envelope<AttendanceLog>>(StatusCode::CREATED, "Marked"),
        ];
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        Envelope::<AttendanceLog>::register(registry);
    }
}

/// Marks the person as here now.
///
/// # Errors
/// Nobody is recognised, or has this id; a picture without exactly one face; or the provider does not answer.
pub async fn mark(app: &App, call: &Arc<Call>, request: MarkRequest) -> Result<Marked, ApiError> {
    let (person, arrival) = match request {
        MarkRequest::ByHand(id) => {
            (person(app, &id).await?, Arrival { source: Source::Manual, confidence: None })
        }
        MarkRequest::ByPicture(jpeg) => recognised(app, jpeg).await?,
    };
    let site = Site::load(&app.db).await?;
    let now = Utc::now().trunc_subsecs(6);
    let change = Change::begin(&app.db, call).await?;
    let marked = daybook::mark(&change, &site, &person, arrival, now).await;
    match marked.map_err(|error| refusal(error, ["employeeId", "employeeId"]))? {
        daybook::Marked::Already(row) => Ok(Marked::Already((*row).into())),
        daybook::Marked::New(edited) => {
            Ok(Marked::New(keep(change, "attendance.mark", "was marked", *edited).await?.into()))
        }
    }
}

/// The one person in the picture.
async fn recognised(app: &App, jpeg: Bytes) -> Result<(Person, Arrival), ApiError> {
    let config = detection_provider_config::get(&app.db).await?;
    if !config.enabled {
        return Err(ApiError::InvalidState("the detection provider is switched off".into()));
    }
    let recogniser = app.machinery.recognisers.get(&connection(app, &config)?)?;
    let found = recogniser.recognise(jpeg, NO_CAMERA).await?;
    let face = one_face(found.faces)?;
    let profile = match &face.person_id {
        Some(id) => face_profile::of_employees(&app.db, [id.clone()]).await?.into_iter().next(),
        None => None,
    };
    let known = profile.as_ref().map(|profile| profile_status(profile.status));
    let matched = face.person_id.as_ref().map(|_| Match { confidence: face.confidence, profile: known });
    match (classify(matched, config.min_confidence), profile) {
        (DetectionStatus::Authorized, Some(profile)) => {
            Ok((profile.into(), Arrival { source: Source::Face, confidence: Some(face.confidence) }))
        }
        (DetectionStatus::Authorized | DetectionStatus::Visitor | DetectionStatus::Unknown, _) => {
            Err(ApiError::NotFound("nobody who is enrolled was recognised".into()))
        }
    }
}

fn one_face(mut faces: Vec<RecognisedFace>) -> Result<RecognisedFace, ApiError> {
    match (faces.pop(), faces.is_empty()) {
        (Some(face), true) => Ok(face),
        (Some(_), false) => Err(ApiError::field("image", "must show one face only")),
        (None, _) => Err(ApiError::field("image", "must show a face")),
    }
}

fn profile_status(stored: face_profile::Status) -> ProfileStatus {
    match stored {
        face_profile::Status::Active => ProfileStatus::Active,
        face_profile::Status::Pending => ProfileStatus::Pending,
        face_profile::Status::Archived => ProfileStatus::Archived,
    }
}
