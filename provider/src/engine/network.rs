//! The embedding network: dlib's ResNet v1 (29 convolutions), which maps an aligned face to 128 numbers whose Euclidean
//! distance tells how alike two faces are. One network serves all threads.

use ndarray::ShapeError;

use super::chip::SIDE;
use super::layers::{Convolution, Planes};

/// Length of an embedding.
pub const DIMENSIONS: usize = 128;

/// A face as a point: the nearer two of them, the more alike the faces.
pub type Embedding = [f32; DIMENSIONS];

/// Two convolutions whose result is added to their input. `halves`: the first one skips every second pixel.
pub(super) struct Block {
    pub(super) halves: bool,
    pub(super) first: Convolution,
    pub(super) second: Convolution,
}

/// The network with its weights; affine layers are folded into the convolutions.
pub(super) struct Network {
    /// Mean red, green and blue of the training pictures.
    pub(super) mean_colour: [f32; 3],
    pub(super) stem: Convolution,
    pub(super) blocks: Vec<Block>,
    /// One row of [`DIMENSIONS`] weights for each of the last block's channels.
    pub(super) projection: Vec<f32>,
}

impl Network {
    /// The embedding of an aligned face ([`SIDE`] × [`SIDE`] pixels, three bytes each).
    ///
    /// # Errors
    /// `ShapeError` when layers do not fit together, which reading the model rules out.
    pub(super) fn embed(&self, chip: &[u8]) -> Result<Embedding, ShapeError> {
        let mut columns = Vec::new();
        let mut planes = self.stem.apply(&self.normalised(chip), &mut columns)?;
        planes.rectify();
        planes = planes.max_pooled();
        for block in &self.blocks {
            planes = block.apply(planes, &mut columns)?;
        }
        let mut embedding = [0.0; DIMENSIONS];
        for (mean, weights) in planes.channel_means().zip(self.projection.chunks_exact(DIMENSIONS)) {
            embedding.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += mean * weight);
        }
        Ok(embedding)
    }

    /// Colours apart, around 0.
    fn normalised(&self, chip: &[u8]) -> Planes {
        let colour = |channel: usize| {
            let mean = self.mean_colour[channel];
            chip.iter().skip(channel).step_by(3).map(move |value| (f32::from(*value) - mean) / 256.0)
        };
        let values = (0..3).flat_map(colour).collect();
        Planes { channels: 3, height: SIDE, width: SIDE, values }
    }
}

impl Block {
    fn apply(&self, input: Planes, columns: &mut Vec<f32>) -> Result<Planes, ShapeError> {
        let mut inner = self.first.apply(&input, columns)?;
        inner.rectify();
        let output = self.second.apply(&inner, columns)?;
        let shortcut = if self.halves { input.mean_pooled() } else { input };
        let mut sum = output.plus(&shortcut);
        sum.rectify();
        Ok(sum)
    }
}
