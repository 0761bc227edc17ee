//! A decoded picture, and decoding with limits: the kind is told by content, size and memory are bounded before pixels
//! are made, and the orientation that a phone wrote into its photo is applied.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use thiserror::Error;

/// Largest accepted image file, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Largest accepted picture, in pixels.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Memory that one decoder may take, in bytes: 40 megapixels with an alpha channel, 16 bits a channel, and its buffers.
const MAX_DECODER_BYTES: u64 = 400 * 1024 * 1024;

/// Why an image cannot be used.
#[derive(Debug, Error)]
pub enum PictureError {
    /// Larger than [`MAX_BYTES`].
    #[error("the image is larger than {} MB", MAX_BYTES / 1024 / 1024)]
    TooManyBytes,
    /// Larger than [`MAX_PIXELS`].
    #[error("the image has more than {} megapixels", MAX_PIXELS / 1_000_000)]
    TooManyPixels,
    /// Neither JPEG, nor PNG, nor WebP.
    #[error("the image is neither JPEG, PNG nor WebP")]
    UnknownFormat,
    /// The decoder gave up.
    #[error("the image is damaged")]
    Damaged(#[source] ImageError),
}

/// A rectangle in a picture, in pixels; it may reach beyond the picture's edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) right: i32,
    pub(crate) bottom: i32,
}

/// Three bytes (red, green, blue) a pixel, row by row.
pub struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgb: Vec<u8>,
}

impl Picture {
    /// Decodes a JPEG, PNG or WebP file.
    ///
    /// # Errors
    /// [`PictureError`] when it is too large, of another kind, or damaged.
    pub fn decode(file: &[u8]) -> Result<Self, PictureError> {
        if file.len() > MAX_BYTES {
            return Err(PictureError::TooManyBytes);
        }
        let (image, orientation) = decode_within_limits(file)?;
        let mut image = DynamicImage::ImageRgb8(image.into_rgb8());
        image.apply_orientation(orientation);
        let rgb = image.into_rgb8();
        Ok(Self { width: rgb.width() as usize, height: rgb.height() as usize, rgb: rgb.into_raw() })
    }

    /// The mean of the three colours, rounded down as dlib does; 0 outside the picture.
    pub(crate) fn brightness(&self, x: i64, y: i64) -> f32 {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return 0.0 };
        if x >= self.width || y >= self.height {
            return 0.0;
        }
        let at = (y * self.width + x) * 3;
        let sum: u16 = self.rgb[at..at + 3].iter().map(|channel| u16::from(*channel)).sum();
        f32::from(sum / 3)
    }

    /// Brightness of every pixel as the eye weighs colours, row by row.
    pub(crate) fn grey(&self) -> Vec<u8> {
        let (pixels, _) = self.rgb.as_chunks();
        pixels.iter().map(luma).collect()
    }
}

/// Rec. 601 luma in whole numbers.
fn luma([red, green, blue]: &[u8; 3]) -> u8 {
    let weighted = 77 * u32::from(*red) + 150 * u32::from(*green) + 29 * u32::from(*blue);
    weighted.to_le_bytes()[1]
}

fn decode_within_limits(file: &[u8]) -> Result<(DynamicImage, Orientation), PictureError> {
    let mut reader = ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .map_err(|error| PictureError::Damaged(ImageError::IoError(error)))?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(PictureError::UnknownFormat);
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
