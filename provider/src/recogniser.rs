//! What the service does with pictures, without HTTP: recognise, encode, enrol, verify. All of it is computation and
//! small files, and blocks.

use std::sync::Arc;
use std::time::Duration;

use ndarray::ShapeError;
use thiserror::Error;

use crate::engine::{Engine, Face};
use crate::matching::{Thresholds, Verdict, confidence};
use crate::observation;
use crate::people::{EnrolledImage, Enrolment, Nearest, People, Person, PersonId, StoreError, distance};
use crate::picture::{Picture, PictureError};

/// Narrowest face that can be enrolled, in pixels: below, different people come too near to each other.
pub const MIN_ENROLMENT_WIDTH: f32 = 60.0;
/// Most pictures that are kept of a person.
pub const MAX_IMAGES: usize = 20;

/// An image file as it was sent, with the name to call it in messages.
pub struct ImageFile {
    /// File name, or "image 2".
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a picture, or a request about people, is refused.
#[derive(Debug, Error)]
pub enum RecogniserError {
    /// The file is no usable picture.
    #[error("{file}: {source}")]
    Picture {
        /// Its name.
        file: String,
        /// What is wrong.
        source: PictureError,
    },
    /// There must be a face.
    #[error("{file}: no face found")]
    NoFace {
        /// Name of the file.
        file: String,
    },
    /// Whose face is meant?
    #[error("{file}: {count} faces found, expected exactly one")]
    SeveralFaces {
        /// Name of the file.
        file: String,
        /// How many.
        count: usize,
    },
    /// The face has too few pixels.
    #[error("{file}: the face is {width:.0} pixels wide, at least {MIN_ENROLMENT_WIDTH} are needed")]
    FaceTooSmall {
        /// Name of the file.
        file: String,
        /// In pixels.
        width: f32,
    },
    /// The face is blurred, dark, turned away …
    #[error("{file}: the quality of the face is {quality:.2}, at least {needed:.2} is needed")]
    LowQuality {
        /// Name of the file.
        file: String,
        /// 0 to 1.
        quality: f32,
        /// 0 to 1.
        needed: f32,
    },
    /// The person would have more than [`MAX_IMAGES`].
    #[error("a person can have at most {MAX_IMAGES} images")]
    TooManyImages,
    /// Nobody has this id.
    #[error("there is no person {0}")]
    UnknownPerson(PersonId),
    /// The people store failed.
    #[error("the people store failed")]
    Store(#[from] StoreError),
    /// The network's layers do not fit together.
    #[error("the face engine failed")]
    Engine(#[from] ShapeError),
}

/// A face of a picture, and whose it may be.
pub struct Recognition {
    /// The face.
    pub face: Face,
    /// Whether it is the nearest person's.
    pub verdict: Verdict,
    /// The nearest person, if anybody is enrolled.
    pub nearest: Option<Nearest>,
    /// The nearest person's name.
    pub name: Option<String>,
}

/// A decoded picture's size and faces.
pub struct Scene<T> {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Its faces.
    pub faces: Vec<T>,
    /// Time that it took to align and embed them.
    pub embedding: Duration,
}

/// Whether two pictures show the same person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verification {
    /// The same person, beyond doubt.
    pub matched: bool,
    /// Between the two faces.
    pub distance: f32,
}

/// The engine, the people it knows, and when it calls a face known.
pub struct Recogniser {
    engine: Arc<Engine>,
    people: People,
    thresholds: Thresholds,
}

impl Recogniser {
    /// Puts the parts together.
    #[must_use]
    pub fn new(engine: Arc<Engine>, people: People, thresholds: Thresholds) -> Self {
        Self { engine, people, thresholds }
    }

    /// The enrolled people.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.people
    }

    /// Finds faces and tells whose they are.
    ///
    /// # Errors
    /// [`RecogniserError`] when the file is no usable picture.
    pub fn recognise(&self, file: &ImageFile) -> Result<Scene<Recognition>, RecogniserError> {
        let Scene { width, height, faces, embedding } = self.encode(file)?;
        let faces: Vec<Recognition> = faces.into_iter().map(|face| self.identify(face)).collect();
        faces.iter().for_each(|face| observation::count_face(face.verdict));
        Ok(Scene { width, height, faces, embedding })
    }

    /// Finds and describes faces.
    ///
    /// # Errors
    /// [`RecogniserError`] when the file is no usable picture.
    pub fn encode(&self, file: &ImageFile) -> Result<Scene<Face>, RecogniserError> {
        let picture = observation::timed("decode", || Picture::decode(&file.bytes));
        let picture =
            picture.map_err(|source| RecogniserError::Picture { file: file.name.clone(), source })?;
        let analysis = self.engine.analyse(&picture)?;
        observation::record_stage("detect", analysis.detection);
        observation::record_stage("embed", analysis.embedding);
        Ok(Scene {
            width: picture.width,
            height: picture.height,
            faces: analysis.faces,
            embedding: analysis.embedding,
        })
    }

    /// Enrols a person with at least one picture, or changes one.
    ///
    /// # Errors
    /// [`RecogniserError`] naming the first picture that cannot be used; then nothing has changed.
    pub fn enrol(
        &self,
        id: PersonId,
        name: String,
        files: &[ImageFile],
        enrolment: Enrolment,
    ) -> Result<Person, RecogniserError> {
        let kept = match enrolment {
            Enrolment::Replace => 0,
            Enrolment::Append => self.people.find(&id)?.map_or(0, |person| person.images.len()),
        };
        if kept + files.len() > MAX_IMAGES {
            return Err(RecogniserError::TooManyImages);
        }
        let images = files.iter().map(|file| self.enrolment_image(file)).collect::<Result<_, _>>()?;
        let person = self.people.enrol(Person { id, name, images }, enrolment)?;
        observation::record_people(self.people.counts());
        Ok(person)
    }

    /// Removes a person, and everything kept of them.
    ///
    /// # Errors
    /// [`RecogniserError`] when there is no such person, or the disk fails.
    pub fn forget(&self, id: &PersonId) -> Result<(), RecogniserError> {
        let existed = self.people.forget(id)?;
        observation::record_people(self.people.counts());
        if existed { Ok(()) } else { Err(RecogniserError::UnknownPerson(id.clone())) }
    }

    /// Removes one picture of a person. `false` when there is no such picture.
    ///
    /// # Errors
    /// [`RecogniserError`] when the disk fails.
    pub fn forget_image(&self, id: &PersonId, reference: &str) -> Result<bool, RecogniserError> {
        let existed = self.people.forget_image(id, reference)?;
        observation::record_people(self.people.counts());
        Ok(existed)
    }

    /// Whether two pictures, with one face each, show the same person.
    ///
    /// # Errors
    /// [`RecogniserError`] when a picture does not show exactly one face.
    pub fn verify_pair(&self, one: &ImageFile, other: &ImageFile) -> Result<Verification, RecogniserError> {
        let (one, other) = (self.only_face(one)?, self.only_face(other)?);
        let distance = distance(&one.embedding, &other.embedding);
        let quality = one.quality.min(other.quality);
        let matched = distance <= self.thresholds.match_distance && quality >= self.thresholds.min_quality;
        Ok(Verification { matched, distance })
    }

    /// Whether a picture with one face shows this person; as strict as recognition: nobody else may be as near.
    ///
    /// # Errors
    /// [`RecogniserError`] when the picture does not show exactly one face, or the person is unknown or has no picture.
    pub fn verify_person(&self, file: &ImageFile, id: &PersonId) -> Result<Verification, RecogniserError> {
        let person = self.people.find(id)?.ok_or_else(|| RecogniserError::UnknownPerson(id.clone()))?;
        let found = self.identify(self.only_face(file)?);
        let distances = person.images.iter().map(|image| distance(&image.embedding, &found.face.embedding));
        let distance =
            distances.min_by(f32::total_cmp).ok_or_else(|| RecogniserError::UnknownPerson(id.clone()))?;
        let is_nearest = found.nearest.is_some_and(|nearest| &*nearest.person == id.as_str());
        Ok(Verification { matched: is_nearest && found.verdict == Verdict::Recognised, distance })
    }

    fn identify(&self, face: Face) -> Recognition {
        let nearest = observation::timed("match", || self.people.nearest(&face.embedding));
        let verdict = self.thresholds.judge(face.quality, nearest.as_ref());
        let name = nearest.as_ref().and_then(|nearest| self.people.name(&nearest.person));
        Recognition { face, verdict, nearest, name }
    }

    fn enrolment_image(&self, file: &ImageFile) -> Result<EnrolledImage, RecogniserError> {
        let face = self.only_face(file)?;
        let (file_name, needed) = (file.name.clone(), self.thresholds.min_quality);
        if face.width < MIN_ENROLMENT_WIDTH {
            return Err(RecogniserError::FaceTooSmall { file: file_name, width: face.width });
        }
        if face.quality < needed {
            return Err(RecogniserError::LowQuality { file: file_name, quality: face.quality, needed });
        }
        let reference = EnrolledImage::reference_of(&file.bytes);
        Ok(EnrolledImage { reference, quality: face.quality, embedding: face.embedding })
    }

    fn only_face(&self, file: &ImageFile) -> Result<Face, RecogniserError> {
        let mut faces = self.encode(file)?.faces;
        match (faces.pop(), faces.len()) {
            (Some(face), 0) => Ok(face),
            (None, _) => Err(RecogniserError::NoFace { file: file.name.clone() }),
            (Some(_), others) => {
                Err(RecogniserError::SeveralFaces { file: file.name.clone(), count: others + 1 })
            }
        }
    }
}

impl Recognition {
    /// How sure it is that the face is the nearest person's, 0 to 100; 0 when nobody is enrolled.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        self.nearest.as_ref().map_or(0.0, |nearest| confidence(nearest.distance))
    }
}
