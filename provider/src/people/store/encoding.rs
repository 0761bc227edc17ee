//! How a person stands in a file: a line with the SHA-256 of the rest, then JSON, embeddings in base64 (little-endian
//! floats). It can be read with any tool, and a flipped bit is found.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::super::person::{EnrolledImage, Person, PersonId};
use crate::engine::{Embedding, MODEL};

/// What is wrong with a file.
#[derive(Debug, Error)]
pub enum EncodingError {
    /// The file has other bytes than those that were written.
    #[error("the file is damaged (its checksum differs)")]
    Checksum,
    /// The checksum is right, so another version of this program wrote the file.
    #[error("the file has an unknown layout")]
    Layout(#[source] serde_json::Error),
    /// The faces were described by another model and cannot be compared.
    #[error("the faces were described by another model ({0})")]
    OtherModel(String),
    /// A face is not as long as this model's.
    #[error("a face has the wrong length")]
    Length,
    /// The file was renamed.
    #[error("the file holds another person than its name says")]
    OtherPerson,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersonRecord {
    id: PersonId,
    name: String,
    model: String,
    images: Vec<ImageRecord>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImageRecord {
    r#ref: String,
    quality: f32,
    embedding: String,
}

pub(super) fn encode(person: &Person) -> Vec<u8> {
    let record = PersonRecord {
        id: person.id.clone(),
        name: person.name.clone(),
        model: MODEL.to_owned(),
        images: person.images.iter().map(ImageRecord::from).collect(),
    };
    let json = serde_json::json!(record).to_string();
    format!("{}\n{json}", checksum(json.as_bytes())).into_bytes()
}

pub(super) fn decode(file: &[u8]) -> Result<Person, EncodingError> {
    let line_end = file.iter().position(|byte| *byte == b'\n').ok_or(EncodingError::Checksum)?;
    let (expected, json) = (&file[..line_end], &file[line_end + 1..]);
    if expected != checksum(json).as_bytes() {
        return Err(EncodingError::Checksum);
    }
    let record: PersonRecord = serde_json::from_slice(json).map_err(EncodingError::Layout)?;
    if record.model != MODEL {
        return Err(EncodingError::OtherModel(record.model));
    }
    let images = record.images.into_iter().map(EnrolledImage::try_from).collect::<Result<_, _>>()?;
    Ok(Person { id: record.id, name: record.name, images })
}

fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl From<&EnrolledImage> for ImageRecord {
    fn from(image: &EnrolledImage) -> Self {
        let bytes: Vec<u8> = image.embedding.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { r#ref: image.reference.clone(), quality: image.quality, embedding: BASE64.encode(bytes) }
    }
}

impl TryFrom<ImageRecord> for EnrolledImage {
    type Error = EncodingError;

    fn try_from(record: ImageRecord) -> Result<Self, Self::Error> {
        let bytes = BASE64.decode(&record.embedding).map_err(|_| EncodingError::Length)?;
        let (floats, _) = bytes.as_chunks();
        let values: Vec<f32> = floats.iter().copied().map(f32::from_le_bytes).collect();
        let embedding: Embedding = values.try_into().map_err(|_| EncodingError::Length)?;
        Ok(Self { reference: record.r#ref, quality: record.quality, embedding })
    }
}
