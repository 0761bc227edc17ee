//! Finds frontal faces with SeetaFace's cascade (crate `rustface`), and turns its boxes into those that the landmark
//! model was trained with.

use image::imageops::{FilterType, resize};
use image::{GrayImage, ImageBuffer, Luma};
use rustface::{FaceInfo, ImageData, Model};

use super::contrast;
use crate::picture::{Area, Picture};

static MODEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/seeta_fd_frontal_v1.0.bin"));

/// The cascade's smallest face, in pixels; asking it for another size has no effect.
const SMALLEST_FACE: u16 = 40;
/// Pixels that the cascade looks at, at most: large photos are scaled down, which only loses their smallest faces.
const MAX_PIXELS: f32 = 1920.0 * 1080.0;
/// How far a small face may be enlarged to reach the cascade's smallest size.
const MAX_ENLARGEMENT: f32 = 2.0;
/// Faces reported of one picture, the largest first: bounds the work that one picture can cause.
const MAX_FACES: usize = 64;
/// Score below which the cascade's findings are mostly not faces.
const MIN_SCORE: f64 = 2.0;

// From the detector's box to the landmark model's: same centre in x, lower centre, slightly narrower, a square.
const CENTRE_DROP: f32 = 0.085;
const HALF_WIDTH: f32 = 0.46;

/// A face that was found.
pub(super) struct Found {
    /// The box that landmarks are looked for in.
    pub(super) area: Area,
    /// Width of the face, in pixels of the picture.
    pub(super) width: f32,
}

/// The detector with its settings.
pub(super) struct Detector {
    model: Model,
    min_face: f32,
}

impl Detector {
    /// Reads the built-in model. `min_face` is the width in pixels of the smallest face of interest.
    pub(super) fn new(min_face: u32) -> std::io::Result<Self> {
        Ok(Self { model: rustface::read_model(MODEL)?, min_face: min_face as f32 })
    }

    /// The faces of a picture, largest first.
    pub(super) fn find(&self, picture: &Picture) -> Vec<Found> {
        let scale = self.scale(picture);
        let Some(scene) = scene(picture, scale) else { return Vec::new() };
        let mut cascade = rustface::create_detector_with_model(self.model.clone());
        cascade.set_score_thresh(MIN_SCORE);
        cascade.set_pyramid_scale_factor(0.8);
        cascade.set_slide_window_step(4, 4);
        let faces = cascade.detect(&ImageData::new(&scene, scene.width(), scene.height()));
        let mut found: Vec<Found> = faces.iter().map(|face| Found::new(face, scale)).collect();
        found.sort_by(|a, b| b.width.total_cmp(&a.width));
        found.truncate(MAX_FACES);
        found
    }

    /// How much the picture is scaled, so that the smallest face of interest has the cascade's smallest size.
    fn scale(&self, picture: &Picture) -> f32 {
        let pixels = (picture.width * picture.height) as f32;
        (f32::from(SMALLEST_FACE) / self.min_face).min(MAX_ENLARGEMENT).min((MAX_PIXELS / pixels).sqrt())
    }
}

impl Found {
    #[expect(clippy::cast_possible_truncation, reason = "casts to integers saturate")]
    fn new(face: &FaceInfo, scale: f32) -> Self {
        let face = face.bbox();
        let (width, height) = (face.width() as f32 / scale, face.height() as f32 / scale);
        let x = face.x() as f32 / scale + width / 2.0;
        let y = face.y() as f32 / scale + height / 2.0 + CENTRE_DROP * width;
        let reach = HALF_WIDTH * width;
        let area = Area {
            left: (x - reach) as i32,
            top: (y - reach) as i32,
            right: (x + reach) as i32,
            bottom: (y + reach) as i32,
        };
        Self { area, width }
    }
}

/// The picture as the cascade wants it: grey, scaled, with good contrast. `None` when no face can fit in.
fn scene(picture: &Picture, scale: f32) -> Option<GrayImage> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes are bounded and positive"
    )]
    let scaled = |length: usize| (length as f32 * scale) as u32;
    let (width, height) = (scaled(picture.width), scaled(picture.height));
    if width.min(height) < u32::from(SMALLEST_FACE) {
        return None;
    }
    let (full_width, full_height) = (u32::try_from(picture.width).ok()?, u32::try_from(picture.height).ok()?);
    let grey: ImageBuffer<Luma<u8>, _> = GrayImage::from_raw(full_width, full_height, picture.grey())?;
    let mut scene = match (width, height) == (full_width, full_height) {
        true => grey,
        false => resize(&grey, width, height, FilterType::Triangle),
    };
    contrast::stretch(&mut scene);
    Some(scene)
}
