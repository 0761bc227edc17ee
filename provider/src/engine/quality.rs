//! How far a face can be trusted: small, blurred, dark, flat, turned or leaning faces resemble strangers too much.

use super::chip::{Chip, SIDE};
use super::geometry::{FacePoints, Point};

/// Middle of the chip, where skin, eyes and mouth are: margins in pixels.
const MARGIN: usize = 30;

/// 0 (useless) to 1 (as good as an enrolment photo): product of a term each for size, sharpness, brightness, contrast,
/// yaw and roll; the cube root keeps several slight defects from adding up to a bad face.
///
/// `width` is the face's, in pixels of the picture that it was cut from.
pub(super) fn quality(chip: &Chip, points: &FacePoints, width: f32) -> f32 {
    let light = Light::measure(&chip.rgb);
    #[expect(clippy::cast_possible_truncation, reason = "degrees")]
    let roll = chip.roll.abs() as f32;
    let terms = [
        rise(width, 24.0, 80.0),
        rise(light.sharpness, 0.04, 0.16),
        rise(light.mean, 15.0, 60.0) * rise(light.mean, 255.0, 215.0),
        rise(light.contrast, 5.0, 25.0),
        rise(yaw(points), 0.45, 0.15),
        rise(roll, 50.0, 20.0),
    ];
    terms.iter().product::<f32>().cbrt()
}

/// 0 at `worst` and beyond, 1 at `best` and beyond, linear between.
fn rise(value: f32, worst: f32, best: f32) -> f32 {
    ((value - worst) / (best - worst)).clamp(0.0, 1.0)
}

/// How far the nose stands from the middle between the eyes, as a part of their distance: 0 seen from the front.
fn yaw(points: &FacePoints) -> f32 {
    let middle = |p: Point, q: Point| Point { x: (p.x + q.x) / 2.0, y: (p.y + q.y) / 2.0 };
    let [right_outer, right_inner, left_outer, left_inner, nose] = *points;
    let (right, left) = (middle(right_outer, right_inner), middle(left_outer, left_inner));
    let between = middle(right, left);
    let axis = Point { x: right.x - left.x, y: right.y - left.y };
    let length_squared = (axis.x * axis.x + axis.y * axis.y).max(1.0);
    let along = ((nose.x - between.x) * axis.x + (nose.y - between.y) * axis.y) / length_squared;
    #[expect(clippy::cast_possible_truncation, reason = "a ratio")]
    let yaw = along.abs() as f32;
    yaw
}

/// What the light on a face is like; brightness from 0 to 255.
struct Light {
    mean: f32,
    /// Standard deviation.
    contrast: f32,
    /// Strength of edges (Laplacian) in relation to the contrast.
    sharpness: f32,
}

impl Light {
    fn measure(rgb: &[u8]) -> Self {
        let (pixels, _) = rgb.as_chunks();
        let luma = |[red, green, blue]: &[u8; 3]| {
            0.299 * f32::from(*red) + 0.587 * f32::from(*green) + 0.114 * f32::from(*blue)
        };
        let grey: Vec<f32> = pixels.iter().map(luma).collect();
        let (mut sum, mut squares, mut edges, mut count) = (0.0, 0.0, 0.0, 0.0);
        for y in MARGIN..SIDE - MARGIN {
            for at in y * SIDE + MARGIN..(y + 1) * SIDE - MARGIN {
                let neighbours = grey[at - 1] + grey[at + 1] + grey[at - SIDE] + grey[at + SIDE];
                sum += grey[at];
                squares += grey[at] * grey[at];
                edges += (neighbours - 4.0 * grey[at]).powi(2);
                count += 1.0;
            }
        }
        let mean = sum / count;
        let contrast = (squares / count - mean * mean).max(0.0).sqrt();
        Self { mean, contrast, sharpness: (edges / count).sqrt() / (contrast + 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRONTAL: FacePoints = [
        Point { x: 110.0, y: 60.0 },
        Point { x: 90.0, y: 60.0 },
        Point { x: 40.0, y: 60.0 },
        Point { x: 60.0, y: 60.0 },
        Point { x: 75.0, y: 95.0 },
    ];

    fn chip(brightness: impl Fn(usize) -> u8) -> Chip {
        Chip { rgb: (0..SIDE * SIDE).flat_map(|at| [brightness(at); 3]).collect(), roll: 0.0 }
    }

    fn lively(at: usize) -> u8 {
        if (at % SIDE / 3 + at / SIDE / 3).is_multiple_of(2) { 90 } else { 170 }
    }

    #[test]
    fn a_large_sharp_frontal_face_is_perfect() {
        assert!((quality(&chip(lively), &FRONTAL, 120.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_dark_a_flat_and_a_tiny_face_are_useless() {
        assert!(quality(&chip(|at| lively(at) / 20), &FRONTAL, 120.0) < 0.1);
        assert!(quality(&chip(|_| 128), &FRONTAL, 120.0) < 0.1);
        assert!(quality(&chip(lively), &FRONTAL, 24.0) < 0.1);
    }

    #[test]
    fn a_turned_and_a_leaning_face_are_worse_than_a_frontal_one() {
        let mut turned = FRONTAL;
        turned[4].x += 16.0;
        assert!(quality(&chip(lively), &turned, 120.0) < 0.9);
        let leaning = Chip { roll: -40.0, ..chip(lively) };
        assert!(quality(&leaning, &FRONTAL, 120.0) < 0.9);
    }
}
