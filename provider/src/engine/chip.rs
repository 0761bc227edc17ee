//! The aligned face: 150 × 150 pixels in which eyes and nose stand where the embedding expects them.

use super::geometry::{FacePoints, Point, Similarity};
use super::pyramid::Level;
use crate::picture::Picture;

/// Width and height of a chip, in pixels.
pub(super) const SIDE: usize = 150;

/// Where dlib's mean face has its five points, in a square that holds the face without margin.
const MEAN_FACE: [(f64, f64); 5] = [
    (0.859_567_459_599_2, 0.213_498_153_801_4),
    (0.646_060_476_410_4, 0.228_967_438_767_7),
    (0.120_575_062_079, 0.213_727_452_684_8),
    (0.334_085_061_371_2, 0.229_064_240_324_2),
    (0.490_112_313_567_9, 0.627_797_531_647_5),
];
/// Margin around that square, as a part of its side.
const PADDING: f64 = 0.25;

/// An aligned face.
pub(super) struct Chip {
    /// Three bytes a pixel, row by row.
    pub(super) rgb: Vec<u8>,
    /// How far the head leans, in degrees.
    pub(super) roll: f64,
}

impl Chip {
    /// Cuts the face with these points out of the picture; what lies outside of the picture is black.
    pub(super) fn cut(picture: &Picture, points: &FacePoints) -> Self {
        let side = SIDE as f64;
        let in_chip = |part: f64| (part + PADDING) / (1.0 + 2.0 * PADDING) * side;
        let mean_face = MEAN_FACE.map(|(x, y)| Point { x: in_chip(x), y: in_chip(y) });
        let placement = Similarity::between(&mean_face, points);
        let centre = placement.apply(Point { x: side / 2.0, y: side / 2.0 });
        let level = Level::around(picture, centre, side * placement.scale()).reduced_to(side);
        Self { rgb: sampled(&level, &placement), roll: placement.degrees() }
    }
}

/// The square of interest, turned like the face, as chip pixels.
fn sampled(level: &Level, placement: &Similarity) -> Vec<u8> {
    let step = 2.0 * level.half_side / (SIDE - 1) as f64;
    let zoom = step / placement.scale();
    let mut rgb = Vec::with_capacity(SIDE * SIDE * 3);
    for row in 0..SIDE {
        for column in 0..SIDE {
            let middle = (SIDE - 1) as f64 / 2.0;
            let turned = placement.turn(Point { x: column as f64 - middle, y: row as f64 - middle });
            let at = Point { x: level.centre.x + turned.x * zoom, y: level.centre.y + turned.y * zoom };
            rgb.extend(interpolated(&level.picture, at));
        }
    }
    rgb
}

/// The colour between four pixels; black when one of them is outside.
fn interpolated(picture: &Picture, at: Point) -> [u8; 3] {
    let (left, top) = (at.x.floor(), at.y.floor());
    let inside =
        left >= 0.0 && top >= 0.0 && left + 1.0 < picture.width as f64 && top + 1.0 < picture.height as f64;
    if !inside {
        return [0; 3];
    }
    let (right_part, lower_part) = (at.x - left, at.y - top);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be inside")]
    let corner = (top as usize * picture.width + left as usize) * 3;
    let row = picture.width * 3;
    std::array::from_fn(|channel| {
        let pixel = |offset: usize| f64::from(picture.rgb[corner + channel + offset]);
        let upper = (1.0 - right_part) * pixel(0) + right_part * pixel(3);
        let lower = (1.0 - right_part) * pixel(row) + right_part * pixel(row + 3);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of bytes")]
        let value = ((1.0 - lower_part) * upper + lower_part * lower) as u8;
        value
    })
}
