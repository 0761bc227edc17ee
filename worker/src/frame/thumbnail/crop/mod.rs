//! Rectangles cut out of a JPEG without decoding its pixels. The blocks of 8 × 8 under a rectangle are copied as they are
//! compressed, so nothing is transformed, nothing loses quality, and reading ends below the lowest rectangle: about a twentieth
//! of the work of decoding the picture, shrinking the face and compressing it again. Terms are those of ITU-T T.81.

mod bits;
mod header;
mod huffman;
mod piece;
mod scan;

use bytes::Bytes;

use header::Header;
use piece::Piece;

/// A rectangle in pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    /// Distance from the left edge.
    pub left: u32,
    /// Distance from the upper edge.
    pub top: u32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

/// Why a picture cannot be cut so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CropError {
    /// Progressive, arithmetic, of more than 8 bits, in several scans: decoders know these, cameras do not send them.
    #[error("no JPEG of one sequential Huffman scan")]
    Unsupported,
    /// The bytes contradict themselves, or end too early.
    #[error("the picture is damaged")]
    Damaged,
}

/// Cuts out the areas, in their order, each grown to whole units of compression (8 or 16 pixels).
///
/// # Errors
/// See [`CropError`]; an area outside of the picture is [`CropError::Damaged`] as well.
pub(super) fn crop(jpeg: &[u8], areas: &[Area]) -> Result<Vec<Bytes>, CropError> {
    let header = Header::read(jpeg)?;
    let mut pieces =
        areas.iter().map(|area| Piece::new(&header, *area)).collect::<Result<Vec<_>, CropError>>()?;
    scan::copy(&header, &mut pieces)?;
    Ok(pieces.into_iter().map(|piece| piece.finish(&header)).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use image::{ImageReader, RgbImage, codecs::jpeg::JpegEncoder};
    use proptest::prelude::*;

    use super::*;

    /// Something with edges and colours everywhere.
    fn picture(width: u32, height: u32) -> Vec<u8> {
        let colour = |x: u32, y: u32| [(x * 7 + y) % 256, (x * y) % 251, (y * 5) % 256];
        let pixels = RgbImage::from_fn(width, height, |x, y| {
            image::Rgb(colour(x, y).map(|value| u8::try_from(value).unwrap()))
        });
        let mut jpeg = Vec::new();
        pixels.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 75)).unwrap();
        jpeg
    }

    /// A frame as FFmpeg compresses it, with colours at half the resolution.
    fn camera_picture() -> Vec<u8> {
        std::fs::read(testkit::camera::scenes().join(testkit::camera::picture("entrance"))).unwrap()
    }

    fn decode(jpeg: &[u8]) -> RgbImage {
        let reader = ImageReader::with_format(std::io::Cursor::new(jpeg), image::ImageFormat::Jpeg);
        reader.decode().unwrap().into_rgb8()
    }

    /// The piece shows what the whole shows at its place. Decoders mix colours across the edges of a picture, so the outermost
    /// pixels may differ.
    fn assert_shows(piece: &RgbImage, whole: &RgbImage, left: u32, top: u32) {
        for (x, y, pixel) in piece.enumerate_pixels() {
            let inside = (3..piece.width() - 3).contains(&x) && (3..piece.height() - 3).contains(&y);
            if inside {
                assert_eq!(pixel, whole.get_pixel(left + x, top + y), "at {x}, {y}");
            }
        }
    }

    #[test]
    fn a_piece_shows_the_very_pixels_of_the_whole() {
        let jpeg = picture(200, 120);
        let areas = [
            Area { left: 40, top: 24, width: 64, height: 48 },
            Area { left: 0, top: 0, width: 200, height: 120 },
            Area { left: 96, top: 40, width: 104, height: 80 },
        ];
        let whole = decode(&jpeg);
        for (area, piece) in areas.iter().zip(crop(&jpeg, &areas).unwrap()) {
            let piece = decode(&piece);
            assert_eq!((piece.width(), piece.height()), (area.width, area.height));
            assert_shows(&piece, &whole, area.left, area.top);
        }
    }

    #[test]
    fn a_frame_of_a_camera_is_cut_at_whole_units() {
        let jpeg = camera_picture();
        let piece = &crop(&jpeg, &[Area { left: 500, top: 100, width: 200, height: 170 }]).unwrap()[0];
        let piece = decode(piece);
        assert_eq!((piece.width(), piece.height()), (704 - 496, 272 - 96));
        assert_shows(&piece, &decode(&jpeg), 496, 96);
    }

    #[test]
    fn a_cut_off_picture_is_damaged_and_none_is_unsupported() {
        let jpeg = picture(200, 120);
        let all = [Area { left: 0, top: 0, width: 200, height: 120 }];
        assert_eq!(crop(&jpeg[..jpeg.len() / 2], &all), Err(CropError::Damaged));
        assert_eq!(crop(b"no picture", &all), Err(CropError::Damaged));
        assert_eq!(crop(&jpeg, &[Area { left: 200, top: 0, width: 8, height: 8 }]), Err(CropError::Damaged));
        let progressive: Vec<u8> = jpeg.windows(2).position(|two| two == [0xFF, 0xC0]).map_or(vec![], |at| {
            let mut bytes = jpeg.clone();
            bytes[at + 1] = 0xC2;
            bytes
        });
        assert_eq!(crop(&progressive, &all), Err(CropError::Unsupported));
    }

    proptest! {
        /// Whatever a camera sends: an answer, no panic.
        #[test]
        fn no_bytes_are_fatal(at in 0..4_000_usize, byte in any::<u8>(), cut in 0..4_000_usize) {
            let mut jpeg = picture(64, 48);
            let length = jpeg.len();
            jpeg[at % length] = byte;
            jpeg.truncate(length - cut % length);
            let _ = crop(&jpeg, &[Area { left: 8, top: 8, width: 40, height: 30 }]);
        }
    }
}
