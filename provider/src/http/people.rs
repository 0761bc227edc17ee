//! `/people`: enrol, list and forget.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json, Path, Query};
use poem::{Body, Request, handler};
use serde::{Deserialize, Serialize};

use super::admission::{ENROLMENT_PLACES, PICTURE_PLACES, Service};
use super::answer::rounded;
use super::error::ApiError;
use super::upload::{MAX_ENROLMENT_BODY, Upload};
use crate::people::{Enrolment, Listing, Person, PersonId};

/// Longest name, in characters.
const MAX_NAME: usize = 200;
/// Most people in one answer: with their pictures they stay well below 1 MB.
const PAGE: usize = 500;

#[derive(Deserialize)]
struct EnrolParameters {
    /// Keep the pictures that the person has.
    #[serde(default)]
    append: bool,
}

#[derive(Deserialize)]
struct ListParameters {
    /// The last id of the page before.
    #[serde(default)]
    after: String,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct PersonAnswer {
    id: String,
    name: String,
    images: Vec<ImageAnswer>,
}

#[derive(Serialize)]
struct ImageAnswer {
    r#ref: String,
    quality: f64,
}

/// `next` is what to send as `after` for the following page; absent on the last one.
#[derive(Serialize)]
struct ListAnswer {
    people: Vec<PersonAnswer>,
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// `PUT /people/{id}`: sets name and pictures; with `?append=true` the pictures join those that are there.
#[handler]
pub(super) async fn enrol(
    request: &Request,
    body: Body,
    Path(id): Path<String>,
    Query(parameters): Query<EnrolParameters>,
    Data(service): Data<&Arc<Service>>,
) -> Result<Json<impl Serialize + use<>>, ApiError> {
    let id = person_id(id)?;
    let place = service.admit(ENROLMENT_PLACES)?;
    let mut upload = Upload::read(request, body, MAX_ENROLMENT_BODY).await?;
    let name = checked_name(upload.take_text("name").unwrap_or_default())?;
    if upload.files.is_empty() {
        return Err(ApiError::Invalid("at least one image is needed".to_owned()));
    }
    let enrolment = if parameters.append { Enrolment::Append } else { Enrolment::Replace };
    let files = upload.files;
    let person = service.work(place, move |recogniser| recogniser.enrol(id, name, &files, enrolment)).await?;
    tracing::info!(person = %person.id, images = person.images.len(), "a person was enrolled");
    Ok(Json(PersonAnswer::from(person)))
}

/// `GET /people`.
#[handler]
pub(super) fn list(
    Query(parameters): Query<ListParameters>,
    Data(service): Data<&Arc<Service>>,
) -> Json<impl Serialize + use<>> {
    let people = service.recogniser.people();
    let limit = parameters.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let mut page = people.list(&parameters.after, limit + 1);
    let has_more = page.len() > limit;
    page.truncate(limit);
    let next = page.last().filter(|_| has_more).map(|last| last.id.to_string());
    let page = page.into_iter().map(PersonAnswer::from).collect();
    Json(ListAnswer { people: page, total: people.counts().people, next })
}

/// `DELETE /people/{id}`.
#[handler]
pub(super) async fn forget(
    Path(id): Path<String>,
    Data(service): Data<&Arc<Service>>,
) -> Result<StatusCode, ApiError> {
    let id = person_id(id)?;
    let place = service.admit(PICTURE_PLACES)?;
    service.work(place, move |recogniser| recogniser.forget(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /people/{id}/images/{ref}`.
#[handler]
pub(super) async fn forget_image(
    Path((id, reference)): Path<(String, String)>,
    Data(service): Data<&Arc<Service>>,
) -> Result<StatusCode, ApiError> {
    let id = person_id(id)?;
    let place = service.admit(PICTURE_PLACES)?;
    let existed = service.work(place, move |recogniser| recogniser.forget_image(&id, &reference)).await?;
    if existed { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound("such image".to_owned())) }
}

fn person_id(id: String) -> Result<PersonId, ApiError> {
    PersonId::try_from(id).map_err(|message| ApiError::Invalid(message.to_owned()))
}

fn checked_name(name: String) -> Result<String, ApiError> {
    let is_proper = (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_proper && !name.trim().is_empty() {
        return Ok(name);
    }
    Err(ApiError::Invalid(format!(
        "name must have 1 to {MAX_NAME} characters, none of them a control character"
    )))
}

impl From<Person> for PersonAnswer {
    fn from(person: Person) -> Self {
        let images = person.images.into_iter().map(|image| (image.reference, image.quality));
        Self { id: person.id.into(), name: person.name, images: images.map(ImageAnswer::from).collect() }
    }
}

impl From<Listing> for PersonAnswer {
    fn from(listing: Listing) -> Self {
        let images = listing.images.into_iter().map(ImageAnswer::from).collect();
        Self { id: listing.id.to_string(), name: listing.name, images }
    }
}

impl From<(String, f32)> for ImageAnswer {
    fn from((reference, quality): (String, f32)) -> Self {
        Self { r#ref: reference, quality: rounded(quality, 3) }
    }
}
