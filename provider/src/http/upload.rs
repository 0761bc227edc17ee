//! Reads request bodies with limits on size, number of parts and time: pictures either as the body itself or as files of
//! a multipart form.

use std::collections::HashMap;
use std::time::Duration;

use poem::http::header::CONTENT_TYPE;
use poem::web::{Field, Multipart};
use poem::{Body, FromRequest, Request, RequestBody};

use super::error::ApiError;
use crate::picture::MAX_BYTES;
use crate::recogniser::ImageFile;

/// Time that a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Most parts of a form.
const MAX_PARTS: usize = 40;
/// Longest text field, in bytes.
const MAX_TEXT: usize = 1024;
/// Room for the form around the pictures, in bytes.
const FORM_OVERHEAD: usize = 64 * 1024;
/// Longest file name that is repeated in a message, in characters.
const MAX_FILE_NAME: usize = 80;

/// Largest body with one or two pictures, in bytes.
pub(super) const MAX_PICTURE_BODY: usize = 2 * MAX_BYTES + FORM_OVERHEAD;
/// Largest body with the pictures of an enrolment, in bytes.
pub(super) const MAX_ENROLMENT_BODY: usize = 64 * 1024 * 1024;

/// What a caller sent.
#[derive(Default)]
pub(super) struct Upload {
    pub(super) files: Vec<ImageFile>,
    texts: HashMap<String, String>,
}

impl Upload {
    /// Reads a body of at most `limit` bytes.
    pub(super) async fn read(request: &Request, body: Body, limit: usize) -> Result<Self, ApiError> {
        let read = tokio::time::timeout(BODY_TIMEOUT, body.into_bytes_limit(limit));
        let bytes = read.await.map_err(|_| ApiError::BodyTooSlow)??;
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if content_type.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/")) {
            let mut body = RequestBody::new(Body::from_bytes(bytes));
            let form = Multipart::from_request(request, &mut body).await;
            Self::read_form(form.map_err(|error| ApiError::Invalid(error.to_string()))?).await
        } else {
            let file = ImageFile { name: "image".to_owned(), bytes: bytes.into() };
            Ok(Self { files: vec![file], texts: HashMap::new() })
        }
    }

    /// The one picture that was sent.
    pub(super) fn into_single_file(self) -> Result<ImageFile, ApiError> {
        let count = self.files.len();
        let mut files = self.files.into_iter();
        match (files.next(), files.next()) {
            (Some(file), None) => Ok(file),
            (None | Some(_), _) => Err(ApiError::Invalid(format!("expected one image, found {count}"))),
        }
    }

    /// Takes a text field out.
    pub(super) fn take_text(&mut self, name: &str) -> Option<String> {
        self.texts.remove(name)
    }

    async fn read_form(mut form: Multipart) -> Result<Self, ApiError> {
        let mut upload = Self::default();
        let mut parts = 0;
        while let Some(field) = form.next_field().await? {
            parts += 1;
            if parts > MAX_PARTS {
                return Err(ApiError::Invalid(format!("the form has more than {MAX_PARTS} parts")));
            }
            upload.add(field).await?;
        }
        Ok(upload)
    }

    async fn add(&mut self, field: Field) -> Result<(), ApiError> {
        let name = field.name().unwrap_or_default().trim_end_matches("[]").to_owned();
        let file_name = field.file_name().map(|name| name.chars().filter(|c| !c.is_control()));
        let file_name: Option<String> = file_name.map(|name| name.take(MAX_FILE_NAME).collect());
        let bytes = field.bytes().await?;
        if matches!(name.as_str(), "image" | "images") {
            let numbered = || format!("image {}", self.files.len() + 1);
            let name = file_name.filter(|name| !name.is_empty()).unwrap_or_else(numbered);
            self.files.push(ImageFile { name, bytes });
        } else {
            let text = Some(bytes).filter(|bytes| bytes.len() <= MAX_TEXT).map(String::from_utf8);
            let Some(Ok(text)) = text else {
                return Err(ApiError::Invalid(format!("a field is not text of at most {MAX_TEXT} bytes")));
            };
            self.texts.insert(name, text);
        }
        Ok(())
    }
}
