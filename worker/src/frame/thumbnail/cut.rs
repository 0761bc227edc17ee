//! Small pictures of faces, cut out of the frame. The surroundings of a face are copied as they are compressed; only a face that
//! is large is decoded and made small.

use bytes::Bytes;
use entity::detection::BoundingBox;
use image::{DynamicImage, ImageError, ImageReader, Limits, codecs::jpeg::JpegEncoder};

use super::crop::{Area, crop};

/// Longest side of a picture that was made small, in pixels.
const SIDE: u32 = 160;
/// Longest side of a piece that is kept as it is: on dense displays 160 pixels are as many as 320 of them.
const SHARP: u32 = 2 * SIDE;
/// Surroundings on each side, as a share of the face: a face alone is hard to recognise for people.
const MARGIN: f64 = 0.25;
const QUALITY: u8 = 80;
/// Largest frame that is read, in pixels a side.
const LARGEST: u32 = 8_192;

/// Cuts every box out of a JPEG of this width and height, in their order; a box outside of the picture gives an empty place.
///
/// # Errors
/// The picture cannot be decoded.
pub(super) fn cut(
    jpeg: &[u8],
    size: (u32, u32),
    boxes: &[BoundingBox],
) -> Result<Vec<Option<Bytes>>, ImageError> {
    let places: Vec<_> = boxes.iter().map(|face| area(*face, size)).collect();
    let areas: Vec<_> = places.iter().copied().flatten().collect();
    if areas.is_empty() {
        return Ok(vec![None; boxes.len()]);
    }
    let mut pieces = pieces(jpeg, size, &areas)?.into_iter();
    Ok(places.into_iter().map(|place| place.and_then(|_| pieces.next())).collect())
}

fn pieces(jpeg: &[u8], (width, height): (u32, u32), areas: &[Area]) -> Result<Vec<Bytes>, ImageError> {
    let cropped =
        if width.max(height) > LARGEST { Vec::new() } else { crop(jpeg, areas).unwrap_or_default() };
    if cropped.is_empty() {
        let whole = decode(jpeg)?;
        return areas.iter().map(|area| shrink(&whole, *area)).collect();
    }
    cropped.into_iter().zip(areas).map(|(piece, area)| small(piece, *area)).collect()
}

/// The piece as it is, or made small where that takes much off it.
fn small(piece: Bytes, area: Area) -> Result<Bytes, ImageError> {
    if area.width.max(area.height) <= SHARP {
        return Ok(piece);
    }
    let decoded = decode(&piece)?;
    let all = Area { left: 0, top: 0, width: decoded.width(), height: decoded.height() };
    shrink(&decoded, all)
}

fn decode(jpeg: &[u8]) -> Result<DynamicImage, ImageError> {
    let mut reader = ImageReader::with_format(std::io::Cursor::new(jpeg), image::ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    reader.limits(limits);
    reader.decode()
}

fn shrink(picture: &DynamicImage, area: Area) -> Result<Bytes, ImageError> {
    let small = picture.crop_imm(area.left, area.top, area.width, area.height).thumbnail(SIDE, SIDE);
    let mut jpeg = Vec::new();
    small.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY))?;
    Ok(jpeg.into())
}

/// The part of a face and its surroundings that lies in the picture.
fn area(face: BoundingBox, (width, height): (u32, u32)) -> Option<Area> {
    let (left, width) = span(face.left, face.width, width)?;
    let (top, height) = span(face.top, face.height, height)?;
    Some(Area { left, top, width, height })
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

    fn sides(jpeg: &Bytes) -> (u32, u32) {
        let picture = image::load_from_memory(jpeg).unwrap();
        (picture.width(), picture.height())
    }

    #[test]
    fn a_face_is_cut_with_its_surroundings_at_whole_units_of_the_picture() {
        let cut = cut(&picture(1280, 720), (1280, 720), &[face(400, 200, 100, 120)]).unwrap();
        assert_eq!(sides(cut[0].as_ref().unwrap()), (528 - 368, 352 - 168));
    }

    #[test]
    fn a_large_face_is_made_small() {
        let cut = cut(&picture(1280, 720), (1280, 720), &[face(400, 200, 400, 400)]).unwrap();
        let (width, height) = sides(cut[0].as_ref().unwrap());
        assert_eq!(width.max(height), SIDE);
    }

    #[test]
    fn a_face_at_the_edge_is_cut_as_far_as_the_picture_goes() {
        let boxes = [face(-20, -20, 60, 60), face(300, 220, 900, 900)];
        let cut = cut(&picture(320, 240), (320, 240), &boxes).unwrap();
        assert!(cut.iter().all(Option::is_some));
    }

    #[test]
    fn a_box_outside_of_the_picture_gives_none_and_keeps_the_place_of_the_others() {
        let boxes = [face(900, 900, 50, 50), face(10, 10, 50, 50)];
        let cut = cut(&picture(320, 240), (320, 240), &boxes).unwrap();
        assert_eq!((cut[0].is_some(), cut[1].is_some()), (false, true));
    }

    #[test]
    fn bytes_that_are_no_picture_are_an_error() {
        assert!(cut(b"not a picture", (100, 100), &[face(10, 10, 50, 50)]).is_err());
    }
}
