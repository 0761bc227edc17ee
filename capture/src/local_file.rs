//! Files below the media root. The path is resolved through every symbolic link first, and only then compared with the
//! root, so that no link leads out of it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::CaptureError;
use crate::jpeg::{JpegError, Picture, Splitter};
use crate::source::SourceError;

/// What a local file turned out to be.
pub(crate) enum Content {
    /// A JPEG, taken as it is.
    Picture(Picture),
    /// Something else, which FFmpeg may know.
    Other(PathBuf),
}

/// Finds `path`, absolute or relative to `root`, and reads it if it is a JPEG of at most `limit` bytes.
pub(crate) async fn open(root: Option<&Path>, path: &Path, limit: usize) -> Result<Content, CaptureError> {
    let root = root.ok_or(SourceError::NoFile)?.to_owned();
    let path = path.to_owned();
    // One change of threads for all calls of the file system, not one for each.
    let read = tokio::task::spawn_blocking(move || read(&root, &path, limit)).await;
    read.unwrap_or_else(|error| Err(CaptureError::Machine(Arc::new(error.into()))))
}

fn read(root: &Path, path: &Path, limit: usize) -> Result<Content, CaptureError> {
    let path = resolve(root, path)?;
    let mut file = File::open(&path).map_err(missing)?;
    let mut magic = [0; 3];
    let is_jpeg = file.read_exact(&mut magic).is_ok() && magic == [0xFF, 0xD8, 0xFF];
    if is_jpeg { read_picture(file, &magic, limit).map(Content::Picture) } else { Ok(Content::Other(path)) }
}

fn resolve(root: &Path, path: &Path) -> Result<PathBuf, CaptureError> {
    let root = fs::canonicalize(root).map_err(missing)?;
    let found = fs::canonicalize(root.join(path)).map_err(missing)?;
    // A pipe or device would block the reader for as long as it likes.
    let is_file = fs::metadata(&found).map_err(missing)?.is_file();
    if is_file && found.starts_with(&root) { Ok(found) } else { Err(SourceError::NoFile.into()) }
}

fn read_picture(file: File, magic: &[u8], limit: usize) -> Result<Picture, CaptureError> {
    let mut bytes = magic.to_vec();
    // One byte more than allowed shows that there is more.
    let rest = u64::try_from((limit + 1).saturating_sub(magic.len())).unwrap_or(u64::MAX);
    file.take(rest).read_to_end(&mut bytes).map_err(|error| CaptureError::Machine(Arc::new(error)))?;
    let mut splitter = Splitter::new(limit);
    splitter.push(&bytes);
    match splitter.next_picture() {
        Ok(Some(picture)) => Ok(picture),
        Err(JpegError::TooLarge(limit)) => Err(CaptureError::TooLarge { limit }),
        Err(JpegError::TooManyPixels) => Err(CaptureError::TooManyPixels),
        Ok(None) | Err(JpegError::NotJpeg | JpegError::CutOff) => {
            Err(CaptureError::NoVideo("the picture is damaged"))
        }
    }
}

/// A file that is outside, missing or unreadable gets one and the same answer, which tells nothing of what lies outside.
fn missing(_: io::Error) -> CaptureError {
    SourceError::NoFile.into()
}
