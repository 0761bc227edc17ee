//! Reads the model files from the cache that `scripts/fetch-models` fills.

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

use crate::engine::ModelFiles;

const LANDMARKS: &str = "shape_predictor_5_face_landmarks.dat";
const NETWORK: &str = "dlib_face_recognition_resnet_model_v1.dat";

/// A model file is missing or unreadable.
#[derive(Debug, Error)]
#[error("{path}: {source} (scripts/fetch-models downloads the models)", path = path.display())]
pub struct MissingModel {
    path: PathBuf,
    source: io::Error,
}

impl ModelFiles {
    /// Reads both files from a folder.
    ///
    /// # Errors
    /// [`MissingModel`] naming the file that cannot be read.
    pub fn read(folder: &Path) -> Result<Self, MissingModel> {
        let read = |name| {
            let path = folder.join(name);
            fs::read(&path).map_err(|source| MissingModel { path, source })
        };
        Ok(Self { landmarks: read(LANDMARKS)?, network: read(NETWORK)? })
    }
}
