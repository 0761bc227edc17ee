//! The face engine: finds faces in a picture, aligns each by five points, and maps it to an embedding. Everything is
//! plain computation without I/O, so one engine serves any number of threads.

mod chip;
mod contrast;
mod detector;
mod dlib_format;
mod geometry;
mod landmarks;
mod layers;
mod network;
mod network_file;
mod pyramid;
mod quality;

use std::time::{Duration, Instant};

use ndarray::ShapeError;
use thiserror::Error;

pub use self::dlib_format::ModelError;
pub use self::network::{DIMENSIONS, Embedding};

use self::chip::Chip;
use self::detector::{Detector, Found};
use self::geometry::FacePoints;
use self::landmarks::Landmarks;
use self::network::Network;
use crate::picture::{Area, Picture};

/// Names what made an embedding: those of different models cannot be compared.
pub const MODEL: &str = "seetaface-frontal-1.0+dlib-5-point+dlib-resnet-v1";

/// The bytes of the model files.
pub struct ModelFiles {
    /// `shape_predictor_5_face_landmarks.dat`.
    pub landmarks: Vec<u8>,
    /// `dlib_face_recognition_resnet_model_v1.dat`.
    pub network: Vec<u8>,
}

/// Why no engine can be made.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The built-in detector model is unreadable.
    #[error("the face detector's model cannot be read")]
    Detector(#[source] std::io::Error),
    /// The landmark file is not the expected one.
    #[error("the landmark model cannot be read")]
    Landmarks(#[source] ModelError),
    /// The network file is not the expected one.
    #[error("the embedding network cannot be read")]
    Network(#[source] ModelError),
}

/// A face in a picture.
pub struct Face {
    /// Where it is; may reach beyond the picture's edges.
    pub(crate) area: Area,
    /// Eye corners and nose.
    pub(crate) points: FacePoints,
    /// Width in pixels.
    pub(crate) width: f32,
    /// 0 to 1, see `quality.rs`.
    pub(crate) quality: f32,
    /// Who it looks like.
    pub(crate) embedding: Embedding,
}

/// What was found in a picture, and how long it took.
pub(crate) struct Analysis {
    pub(crate) faces: Vec<Face>,
    pub(crate) detection: Duration,
    pub(crate) embedding: Duration,
}

/// The face engine.
pub struct Engine {
    detector: Detector,
    landmarks: Landmarks,
    network: Network,
}

impl Engine {
    /// Makes an engine that looks for faces from `min_face` pixels of width on.
    ///
    /// # Errors
    /// [`EngineError`] when a model file is not the expected one.
    pub fn new(files: &ModelFiles, min_face: u32) -> Result<Self, EngineError> {
        Ok(Self {
            detector: Detector::new(min_face).map_err(EngineError::Detector)?,
            landmarks: Landmarks::parse(&files.landmarks).map_err(EngineError::Landmarks)?,
            network: Network::parse(&files.network).map_err(EngineError::Network)?,
        })
    }

    /// Finds and describes the faces of a picture, the largest first.
    ///
    /// # Errors
    /// `ShapeError` when the network's layers do not fit together, which reading the model rules out.
    pub(crate) fn analyse(&self, picture: &Picture) -> Result<Analysis, ShapeError> {
        let start = Instant::now();
        let found = self.detector.find(picture);
        let detection = start.elapsed();
        let faces = found.iter().map(|found| self.describe(picture, found)).collect::<Result<_, _>>()?;
        Ok(Analysis { faces, detection, embedding: start.elapsed() - detection })
    }

    fn describe(&self, picture: &Picture, found: &Found) -> Result<Face, ShapeError> {
        let points = self.landmarks.locate(picture, found.area);
        let chip = Chip::cut(picture, &points);
        let quality = quality::quality(&chip, &points, found.width);
        let embedding = self.network.embed(&chip.rgb)?;
        Ok(Face { area: found.area, points, width: found.width, quality, embedding })
    }
}
