//! `POST /verify`: whether two pictures show the same person, or a picture shows a certain person.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, Request, handler};
use serde::Serialize;

use super::admission::{PICTURE_PLACES, Service};
use super::answer::rounded;
use super::error::ApiError;
use super::upload::{MAX_PICTURE_BODY, Upload};
use crate::matching::confidence;
use crate::people::PersonId;
use crate::recogniser::{ImageFile, Recogniser, RecogniserError, Verification};

#[derive(Serialize)]
struct Answer {
    matched: bool,
    confidence: f64,
    distance: f64,
}

/// What is compared with what.
enum Question {
    Pair(ImageFile, ImageFile),
    Person(ImageFile, PersonId),
}

#[handler]
pub(super) async fn verify(
    request: &Request,
    body: Body,
    Data(service): Data<&Arc<Service>>,
) -> Result<Json<impl Serialize + use<>>, ApiError> {
    let place = service.admit(PICTURE_PLACES)?;
    let question = Question::of(Upload::read(request, body, MAX_PICTURE_BODY).await?)?;
    let found = service.work(place, move |recogniser| question.answer(recogniser)).await?;
    Ok(Json(Answer {
        matched: found.matched,
        confidence: rounded(confidence(found.distance), 2),
        distance: rounded(found.distance, 4),
    }))
}

impl Question {
    fn of(mut upload: Upload) -> Result<Self, ApiError> {
        let person = upload.take_text("personId").map(PersonId::try_from).transpose();
        let person = person.map_err(|message| ApiError::Invalid(message.to_owned()))?;
        let mut files = upload.files.into_iter();
        match (files.next(), files.next(), files.next(), person) {
            (Some(one), Some(other), None, None) => Ok(Self::Pair(one, other)),
            (Some(image), None, None, Some(person)) => Ok(Self::Person(image, person)),
            (None | Some(_), _, _, _) => {
                Err(ApiError::Invalid("expected two images, or one image and a personId".to_owned()))
            }
        }
    }

    fn answer(&self, recogniser: &Recogniser) -> Result<Verification, RecogniserError> {
        match self {
            Self::Pair(one, other) => recogniser.verify_pair(one, other),
            Self::Person(image, person) => recogniser.verify_person(image, person),
        }
    }
}
