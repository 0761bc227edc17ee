//! Pictures at half the size, and the part of a picture around a face. A large face is halved before it is sampled, so
//! that the small chip shows no aliasing; filter and offsets are those of dlib's `pyramid_down<2>`, since the embedding
//! was trained on them.

use super::geometry::Point;
use crate::picture::Picture;

/// A picture this small is not halved again.
const SMALLEST: usize = 16;

/// A picture at some level of a pyramid, with an upright square of interest in it: centre and half its side, in pixels.
pub(super) struct Level {
    pub(super) picture: Picture,
    pub(super) centre: Point,
    pub(super) half_side: f64,
}

impl Level {
    /// The part of `picture` that a turned square with this centre and side can touch, at full size.
    pub(super) fn around(picture: &Picture, centre: Point, side: f64) -> Self {
        // A turned square reaches out by at most √½ of its side; each halving looks a few pixels further.
        let reach = 0.75 * side + 8.0 * (side / 75.0).max(1.0);
        let (left, right) = span(centre.x - reach, centre.x + reach, picture.width);
        let (top, bottom) = span(centre.y - reach, centre.y + reach, picture.height);
        let row = |y: usize| &picture.rgb[(y * picture.width + left) * 3..(y * picture.width + right) * 3];
        let rgb = (top..bottom).flat_map(row).copied().collect();
        Self {
            picture: Picture { width: right - left, height: bottom - top, rgb },
            centre: Point { x: centre.x - left as f64, y: centre.y - top as f64 },
            // dlib's rectangles include their last pixel.
            half_side: (side - 1.0) / 2.0,
        }
    }

    /// Halves the picture until its square would become smaller than `side` pixels.
    pub(super) fn reduced_to(mut self, side: f64) -> Self {
        let is_large = |picture: &Picture| picture.width >= SMALLEST && picture.height >= SMALLEST;
        while self.half_side + 1.0 > side && is_large(&self.picture) {
            self.picture = halved(&self.picture);
            self.centre = Point { x: self.centre.x / 2.0 - 1.25, y: self.centre.y / 2.0 - 0.75 };
            self.half_side /= 2.0;
        }
        self
    }
}

/// The pixels from `low` to `high` that exist; everything when the two lie outside.
fn span(low: f64, high: f64, length: usize) -> (usize, usize) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts to integers saturate")]
    let (from, to) = (low.max(0.0) as usize, (high.max(0.0) as usize).min(length));
    if to >= from + SMALLEST { (from, to) } else { (0, length) }
}

/// Every other pixel of a picture smoothed with the binomial filter 1 4 6 4 1, across and down.
fn halved(picture: &Picture) -> Picture {
    let (width, height) = ((picture.width - 3) / 2, (picture.height - 3) / 2);
    let across = smoothed_across(picture, width);
    let row_length = width * 3;
    let mut rgb = Vec::with_capacity(row_length * height);
    for y in 0..height {
        let rows = &across[2 * y * row_length..];
        let sums = (0..row_length).map(|at| binomial(std::array::from_fn(|i| rows[i * row_length + at])));
        // The weights sum up to 256, so that the high byte is the mean.
        rgb.extend(sums.map(|sum| sum.to_le_bytes()[1]));
    }
    Picture { width, height, rgb }
}

/// Sums of five pixels across, for every other column; each is at most 16 × 255.
fn smoothed_across(picture: &Picture, width: usize) -> Vec<u16> {
    let mut sums = Vec::with_capacity(width * picture.height * 3);
    for row in picture.rgb.chunks_exact(picture.width * 3) {
        for x in 0..width {
            let five = &row[6 * x..6 * x + 15];
            sums.extend((0..3).map(|c| binomial(std::array::from_fn(|i| u16::from(five[3 * i + c])))));
        }
    }
    sums
}

fn binomial([a, b, c, d, e]: [u16; 5]) -> u16 {
    a + 4 * b + 6 * c + 4 * d + e
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_picture_stays_even_when_it_is_halved() {
        let even = Picture { width: 21, height: 17, rgb: vec![200; 21 * 17 * 3] };
        let half = halved(&even);
        assert_eq!((half.width, half.height), (9, 7));
        assert!(half.rgb.iter().all(|value| *value == 200));
    }

    #[test]
    fn a_face_at_the_edge_or_outside_of_the_picture_is_cut_out_without_a_panic() {
        let picture = Picture { width: 40, height: 30, rgb: vec![1; 40 * 30 * 3] };
        for (x, y) in [(0.0, 0.0), (39.0, 29.0), (-500.0, 900.0)] {
            let level = Level::around(&picture, Point { x, y }, 700.0).reduced_to(150.0);
            assert!(!level.picture.rgb.is_empty());
        }
    }
}
