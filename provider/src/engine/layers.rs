//! The layers that the embedding network is built of: convolution by im2col and a matrix product, and pooling.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, ShapeError};

/// Values of a layer: channel after channel, each row by row.
pub(super) struct Planes {
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) values: Vec<f32>,
}

/// A convolution with square filters, equal stride and zero padding in both directions, in pixels.
pub(super) struct Convolution {
    pub(super) geometry: Geometry,
    /// One row a filter.
    pub(super) weights: Array2<f32>,
    /// One value a filter.
    pub(super) bias: Vec<f32>,
}

/// The sizes of a convolution.
#[derive(Clone, Copy)]
pub(super) struct Geometry {
    pub(super) filters: usize,
    pub(super) channels: usize,
    pub(super) size: usize,
    pub(super) stride: usize,
    pub(super) padding: usize,
}

impl Geometry {
    /// Weights of one filter.
    pub(super) fn filter_length(&self) -> usize {
        self.channels * self.size * self.size
    }

    fn output_length(&self, input: usize) -> usize {
        (input + 2 * self.padding - self.size) / self.stride + 1
    }
}

impl Convolution {
    /// Applies the filters. `columns` is scratch memory, kept between calls.
    ///
    /// # Errors
    /// `ShapeError` when the input has other channels than the filters expect.
    pub(super) fn apply(&self, input: &Planes, columns: &mut Vec<f32>) -> Result<Planes, ShapeError> {
        let height = self.geometry.output_length(input.height);
        let width = self.geometry.output_length(input.width);
        let positions = height * width;
        unroll(input, self.geometry, (height, width), columns);
        let mut values: Vec<f32> =
            self.bias.iter().flat_map(|bias| std::iter::repeat_n(*bias, positions)).collect();
        let unrolled = ArrayView2::from_shape((self.geometry.filter_length(), positions), columns)?;
        let mut product = ArrayViewMut2::from_shape((self.geometry.filters, positions), &mut values)?;
        general_mat_mul(1.0, &self.weights, &unrolled, 1.0, &mut product);
        Ok(Planes { channels: self.geometry.filters, height, width, values })
    }
}

/// im2col: one row a weight of a filter, one column a position; each value is the input pixel that meets that weight.
fn unroll(input: &Planes, geometry: Geometry, (height, width): (usize, usize), columns: &mut Vec<f32>) {
    columns.clear();
    columns.resize(geometry.filter_length() * height * width, 0.0);
    let mut rows = columns.chunks_exact_mut(height * width);
    for channel in input.values.chunks_exact(input.height * input.width) {
        for filter_y in 0..geometry.size {
            for filter_x in 0..geometry.size {
                let Some(row) = rows.next() else { return };
                for (y, line) in row.chunks_exact_mut(width).enumerate() {
                    let source = (y * geometry.stride + filter_y).checked_sub(geometry.padding);
                    let source = source.and_then(|y| channel.get(y * input.width..(y + 1) * input.width));
                    if let Some(source) = source {
                        copy_line(source, line, filter_x, geometry);
                    }
                }
            }
        }
    }
}

/// Copies the pixels that one filter column meets; those in the padding stay 0.
fn copy_line(source: &[f32], line: &mut [f32], filter_x: usize, geometry: Geometry) {
    // First position whose pixel is no longer left of the picture.
    let start = geometry.padding.saturating_sub(filter_x).div_ceil(geometry.stride);
    let first = start * geometry.stride + filter_x - geometry.padding;
    let Some(source) = source.get(first..) else { return };
    let target = line[start..].iter_mut();
    if geometry.stride == 1 {
        let length = target.len().min(source.len());
        line[start..start + length].copy_from_slice(&source[..length]);
    } else {
        target.zip(source.iter().step_by(geometry.stride)).for_each(|(to, from)| *to = *from);
    }
}

impl Planes {
    /// Replaces negative values by 0.
    pub(super) fn rectify(&mut self) {
        self.values.iter_mut().for_each(|value| *value = value.max(0.0));
    }

    /// The largest value of each 3 × 3 window, every second position.
    pub(super) fn max_pooled(&self) -> Self {
        self.pooled(3, |window| window.fold(f32::MIN, f32::max))
    }

    /// The mean of each 2 × 2 window.
    pub(super) fn mean_pooled(&self) -> Self {
        self.pooled(2, |window| window.sum::<f32>() / 4.0)
    }

    /// The mean of each channel.
    pub(super) fn channel_means(&self) -> impl Iterator<Item = f32> {
        let area = self.height * self.width;
        self.values.chunks_exact(area).map(move |channel| channel.iter().sum::<f32>() / area as f32)
    }

    fn pooled(&self, size: usize, combine: impl Fn(&mut dyn Iterator<Item = f32>) -> f32) -> Self {
        let (height, width) = ((self.height - size) / 2 + 1, (self.width - size) / 2 + 1);
        let mut values = Vec::with_capacity(self.channels * height * width);
        for channel in self.values.chunks_exact(self.height * self.width) {
            for y in 0..height {
                for x in 0..width {
                    let row = |i: usize| channel[(2 * y + i) * self.width + 2 * x..][..size].iter().copied();
                    values.push(combine(&mut (0..size).flat_map(row)));
                }
            }
        }
        Self { channels: self.channels, height, width, values }
    }

    /// Adds `other`; where one has more channels, rows or columns, the other counts as 0 there (dlib's `add_prev`).
    pub(super) fn plus(mut self, other: &Self) -> Self {
        if (self.channels, self.height, self.width) == (other.channels, other.height, other.width) {
            self.values.iter_mut().zip(&other.values).for_each(|(sum, value)| *sum += value);
            return self;
        }
        let (channels, height) = (self.channels.max(other.channels), self.height.max(other.height));
        let width = self.width.max(other.width);
        let mut sum = Self { channels, height, width, values: vec![0.0; channels * height * width] };
        sum.add_inside(&self);
        sum.add_inside(other);
        sum
    }

    /// Adds planes that are nowhere larger.
    fn add_inside(&mut self, part: &Self) {
        for (index, line) in part.values.chunks_exact(part.width).enumerate() {
            let (channel, y) = (index / part.height, index % part.height);
            let start = (channel * self.height + y) * self.width;
            self.values[start..][..part.width].iter_mut().zip(line).for_each(|(sum, value)| *sum += value);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn plane(height: usize, width: usize) -> Planes {
        let values = (1..=height * width).map(|value| value as f32).collect();
        Planes { channels: 1, height, width, values }
    }

    fn convolution(size: usize, stride: usize, padding: usize, weights: Vec<f32>) -> Convolution {
        let geometry = Geometry { filters: 1, channels: 1, size, stride, padding };
        let weights = Array2::from_shape_vec((1, size * size), weights).unwrap();
        Convolution { geometry, weights, bias: vec![0.5] }
    }

    #[test]
    fn a_convolution_pads_with_zero() {
        let sum_of_nine = convolution(3, 1, 1, vec![1.0; 9]);
        let found = sum_of_nine.apply(&plane(3, 3), &mut Vec::new()).unwrap();
        assert_eq!(found.values, [12.5, 21.5, 16.5, 27.5, 45.5, 33.5, 24.5, 39.5, 28.5]);
    }

    #[test]
    fn a_convolution_steps_by_its_stride() {
        let upper_left = convolution(2, 2, 0, vec![1.0, 0.0, 0.0, 0.0]);
        let found = upper_left.apply(&plane(4, 5), &mut Vec::new()).unwrap();
        assert_eq!((found.height, found.width), (2, 2));
        assert_eq!(found.values, [1.5, 3.5, 11.5, 13.5]);
    }

    #[test]
    fn planes_of_different_sizes_are_added_at_their_common_corner() {
        let sum = plane(1, 2).plus(&plane(2, 1));
        assert_eq!((sum.height, sum.width), (2, 2));
        assert_eq!(sum.values, [2.0, 2.0, 2.0, 0.0]);
    }
}
