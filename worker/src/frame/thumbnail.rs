//! Small pictures of faces, cut out of the frame. The frame is decoded only when there is a face in it, and off the async
//! threads, since decoding is arithmetic.

use bytes::Bytes;
use entity::detection::BoundingBox;
use image::{DynamicImage, ImageReader, Limits, codecs::jpeg::JpegEncoder};

/// Longest side in pixels.
const SIDE: u32 = 160;
/// Surroundings on each side, as a share of the face: a face alone is hard to recognise for people.
const MARGIN: f64 = 0.25;
const QUALITY: u8 = 80;
/// Largest frame that is decoded, in pixels a side.
const LARGEST: u32 = 8_192;

/// Cuts every box out of a JPEG, in their order; a box outside of the picture gives an empty place.
///
/// # Errors
/// The picture cannot be decoded.
pub(super) fn cut(jpeg: &[u8], boxes: &[BoundingBox]) -> Result<Vec<Option<Bytes>>, image::ImageError> {
    let mut reader = ImageReader::with_format(std::io::Cursor::new(jpeg), image::ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    reader.limits(limits);
    let picture = reader.decode()?;
    Ok(boxes.iter().map(|face| one(&picture, *face)).collect())
}

fn one(picture: &DynamicImage, face: BoundingBox) -> Option<Bytes> {
    let (left, width) = span(face.left, face.width, picture.width())?;
    let (top, height) = span(face.top, face.height, picture.height())?;
    let small = picture.crop_imm(left, top, width, height).thumbnail(SIDE, SIDE);
    let mut jpeg = Vec::new();
    small.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY)).ok()?;
    Some(jpeg.into())
}

/// Start and length of one side with its margin, within the picture.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the picture first")]
fn span(start: i32, length: i32, limit: u32) -> Option<(u32, u32)> {
    let (start, length, limit) = (f64::from(start), f64::from(length), f64::from(limit));
    let from = (start - length * MARGIN).clamp(0.0, limit);
    let to = (start + length * (1.0 + MARGIN)).clamp(0.0, limit);
    (to - from >= 1.0).then_some((from as u32, (to - from) as u32))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn picture(width: u32, height: u32) -> Vec<u8> {
        let mut jpeg = Vec::new();
        DynamicImage::new_rgb8(width, height).write_with_encoder(JpegEncoder::new(&mut jpeg)).unwrap();
        jpeg
    }

    fn face(left: i32, top: i32, width: i32, height: i32) -> BoundingBox {
        BoundingBox { top, left, width, height }
    }

    #[test]
    fn a_face_is_cut_with_its_surroundings_and_made_small() {
        let cut = cut(&picture(1280, 720), &[face(400, 200, 400, 400)]).unwrap();
        let thumbnail = image::load_from_memory(cut[0].as_ref().unwrap()).unwrap();
        assert_eq!(thumbnail.width().max(thumbnail.height()), SIDE);
    }

    #[test]
    fn a_face_at_the_edge_is_cut_as_far_as_the_picture_goes() {
        let cut = cut(&picture(320, 240), &[face(-20, -20, 60, 60), face(300, 220, 900, 900)]).unwrap();
        assert!(cut.iter().all(Option::is_some));
    }

    #[test]
    fn a_box_outside_of_the_picture_gives_none() {
        assert_eq!(cut(&picture(320, 240), &[face(900, 900, 50, 50)]).unwrap(), [None]);
    }

    #[test]
    fn bytes_that_are_no_picture_are_an_error() {
        assert!(cut(b"not a picture", &[]).is_err());
    }
}
