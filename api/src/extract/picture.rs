//! A picture that somebody uploads: told by its content, decoded within limits before anything else touches it, and written anew
//! as a JPEG, which leaves behind whatever else the file had in it (EXIF with its places above all).

use std::io::Cursor;

use bytes::Bytes;
use image::{
    DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    metadata::Orientation,
};
use poem_openapi::types::multipart::Upload;
use tokio::task::spawn_blocking;

use crate::error::ApiError;

/// Largest file in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Largest picture in pixels.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Memory of one decoder in bytes: 40 megapixels with an alpha channel at 16 bits, and its buffers.
const MAX_DECODER_BYTES: u64 = 400 * 1024 * 1024;
/// High enough that a recogniser sees what was uploaded.
const QUALITY: u8 = 92;

/// Why a picture is refused.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Larger than [`MAX_BYTES`].
    #[error("must be at most {} MB", MAX_BYTES / 1024 / 1024)]
    TooManyBytes,
    /// Larger than [`MAX_PIXELS`].
    #[error("must have at most {} megapixels", MAX_PIXELS / 1_000_000)]
    TooManyPixels,
    /// Something else.
    #[error("must be a JPEG, PNG or WebP picture")]
    UnknownFormat,
    /// A JPEG that breaks off. Decoders make up the rest, and who stood there would be left out.
    #[error("is cut off")]
    CutOff,
    /// The decoder gave up.
    #[error("is damaged")]
    Damaged(#[source] ImageError),
}

/// The uploaded picture as a JPEG without metadata.
///
/// # Errors
/// A validation error that names `field` and what is wrong with the picture.
pub async fn jpeg_of(field: &str, upload: Upload) -> Result<Bytes, ApiError> {
    let refuse = |error: PictureError| ApiError::field(field, error.to_string());
    if upload.size() > MAX_BYTES {
        return Err(refuse(PictureError::TooManyBytes));
    }
    let file = upload.into_vec().await.map_err(ApiError::internal)?;
    spawn_blocking(move || cleaned(&file)).await?.map_err(refuse)
}

/// Decodes within limits, turns the picture as its metadata say, and encodes what can be seen.
fn cleaned(file: &[u8]) -> Result<Bytes, PictureError> {
    let (image, orientation) = decoded(file)?;
    let mut image = DynamicImage::ImageRgb8(image.into_rgb8());
    image.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    image.write_with_encoder(encoder).map_err(PictureError::Damaged)?;
    Ok(jpeg.into())
}

/// Whether the picture of a JPEG has its end: between the last start of a scan and the end of the image no marker of either kind can
/// stand, since the compressed data escape them (T.81, B.1.1.5).
fn is_whole(jpeg: &[u8]) -> bool {
    const SCAN: [u8; 2] = [0xFF, 0xDA];
    const END: [u8; 2] = [0xFF, 0xD9];
    let scan = jpeg.windows(2).rposition(|marker| marker == SCAN);
    scan.is_some_and(|scan| jpeg[scan..].windows(2).any(|marker| marker == END))
}

fn decoded(file: &[u8]) -> Result<(DynamicImage, Orientation), PictureError> {
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format();
    let mut reader = reader.map_err(|error| PictureError::Damaged(ImageError::IoError(error)))?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(PictureError::UnknownFormat);
    }
    if reader.format() == Some(ImageFormat::Jpeg) && !is_whole(file) {
        return Err(PictureError::CutOff);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(PictureError::Damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooManyPixels);
    }
    // A photo with damaged metadata is still a photo.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(PictureError::Damaged)?;
    Ok((image, orientation))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn file(format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(40, 20).write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    /// A JPEG with an EXIF block that says "turned by 90 degrees", and a secret beside it.
    fn with_exif() -> Vec<u8> {
        let tiff = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0SECRET-PLACE";
        let length = u16::try_from(tiff.len() + 2).unwrap().to_be_bytes();
        let plain = file(ImageFormat::Jpeg);
        [&plain[..2], &[0xff, 0xe1], &length, tiff, &plain[2..]].concat()
    }

    #[test]
    fn every_format_of_the_contract_becomes_a_jpeg() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let jpeg = cleaned(&file(format)).unwrap();
            assert_eq!(image::guess_format(&jpeg).unwrap(), ImageFormat::Jpeg, "{format:?}");
        }
    }

    #[test]
    fn metadata_are_left_behind_and_the_picture_stands_upright() {
        let photo = with_exif();
        assert!(photo.windows(6).any(|bytes| bytes == b"SECRET"));
        let jpeg = cleaned(&photo).unwrap();
        assert!(!jpeg.windows(6).any(|bytes| bytes == b"SECRET") && !jpeg.windows(4).any(|b| b == b"Exif"));
        let upright = image::load_from_memory(&jpeg).unwrap();
        assert_eq!((upright.width(), upright.height()), (20, 40));
    }

    #[test]
    fn a_jpeg_that_breaks_off_is_refused_wherever_it_does() {
        let whole = with_exif();
        assert!(is_whole(&whole));
        for length in 0..whole.len() - 1 {
            assert!(!is_whole(&whole[..length]), "{length} of {} bytes", whole.len());
        }
        let scan = whole.windows(2).rposition(|marker| marker == [0xFF, 0xDA]).unwrap();
        assert!(matches!(cleaned(&whole[..scan + 20]), Err(PictureError::CutOff)));
        let with_more_behind = [&whole[..], b"more"].concat();
        assert!(cleaned(&with_more_behind).is_ok(), "some cameras append their own data");
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused_by_its_content() {
        assert!(matches!(cleaned(b"%PDF-1.7"), Err(PictureError::UnknownFormat)));
        assert!(matches!(cleaned(&file(ImageFormat::Png)[..60]), Err(PictureError::Damaged(_))));
        let mut large = file(ImageFormat::Png);
        // Width and height stand behind the signature, the length and the name of the first block.
        large[16..24].copy_from_slice(&[0, 0, 0x20, 0, 0, 0, 0x20, 0]);
        let refused = cleaned(&large);
        assert!(
            matches!(refused, Err(PictureError::TooManyPixels | PictureError::Damaged(_))),
            "{refused:?}"
        );
    }
}
