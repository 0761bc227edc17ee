//! Small pictures of faces: cut out of the frame, and stored before anything names them.

mod crop;
mod cut;

use bytes::Bytes;
use capture::Frame;
use entity::detection::BoundingBox;
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::look::Trouble;
use crate::context::Context;

/// Stores a picture of each face, and answers with their keys. A frame that cannot be decoded gives none, since its faces matter
/// more; storage that is away fails the attempt.
pub(super) async fn keep(
    context: &Context,
    frame: &Frame,
    faces: &[(Uuid, BoundingBox)],
) -> Result<Vec<Option<String>>, Trouble> {
    if faces.is_empty() {
        return Ok(Vec::new());
    }
    let pictures = cut(frame, faces.iter().map(|(_, place)| *place).collect()).await;
    let uploads = faces.iter().zip(pictures).map(async |((id, _), picture)| {
        let Some(picture) = picture else { return Ok(None) };
        let key = format!("thumbnails/{id}.jpg");
        context.storage.put(&key, "image/jpeg", picture).await?;
        Ok(Some(key))
    });
    try_join_all(uploads).await
}

/// Off the async threads, since it is all arithmetic.
async fn cut(frame: &Frame, places: Vec<BoundingBox>) -> Vec<Option<Bytes>> {
    let (jpeg, size, count) = (frame.jpeg.clone(), (frame.width.into(), frame.height.into()), places.len());
    match tokio::task::spawn_blocking(move || cut::cut(&jpeg, size, &places)).await {
        Ok(Ok(pictures)) => pictures,
        Ok(Err(error)) => {
            tracing::warn!(%error, "no thumbnails");
            vec![None; count]
        }
        Err(error) => {
            tracing::error!(%error, "the thumbnail task ended");
            vec![None; count]
        }
    }
}
