//! Reads the embedding network from `dlib_face_recognition_resnet_model_v1.dat`. The file names the nested layers'
//! versions from the outermost inwards, then holds every layer's details from the innermost outwards; each must be the
//! one that this network has at that place, and nothing may follow the last.

use ndarray::Array2;

use super::chip::SIDE;
use super::dlib_format::{ModelError, Reader};
use super::layers::{Convolution, Geometry};
use super::network::{Block, DIMENSIONS, Network};

const INPUT_LAYER: &str = "input_rgb_image_sized";
/// Filters, number of blocks, and whether the first of them halves the picture.
const BLOCK_GROUPS: [(usize, usize, bool); 5] =
    [(32, 3, false), (64, 4, true), (128, 3, true), (256, 3, true), (256, 1, true)];
const STEM: Geometry = Geometry { filters: 32, channels: 3, size: 7, stride: 2, padding: 0 };

impl Network {
    /// Reads the whole file.
    pub(super) fn parse(file: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(file);
        skip_layer_versions(&mut reader)?;
        let mean_colour = [reader.float()?, reader.float()?, reader.float()?];
        reader.constant(SIDE)?;
        reader.constant(SIDE)?;
        let stem = read_convolution(&mut reader, STEM, true)?;
        read_rectifier(&mut reader)?;
        read_pooling(&mut reader, "max_pool_2", 3, 2)?;
        let blocks = read_blocks(&mut reader)?;
        read_pooling(&mut reader, "avg_pool_2", 0, 1)?;
        let projection = read_projection(&mut reader)?;
        reader.end()?;
        Ok(Self { mean_colour, stem, blocks, projection })
    }
}

/// The loss layer's head, then one version (a small number) a layer, up to the input layer's name.
fn skip_layer_versions(reader: &mut Reader<'_>) -> Result<(), ModelError> {
    reader.constant(1)?;
    reader.name(&["loss_metric_2"])?;
    // Margin and threshold of the training.
    reader.float()?;
    reader.float()?;
    loop {
        let number = reader.count(INPUT_LAYER.len())?;
        if number == INPUT_LAYER.len() {
            return reader.name_of_length(number, &[INPUT_LAYER]).map(|_| ());
        }
        if !(1..=3).contains(&number) {
            return Err(reader.unexpected("the version of a layer"));
        }
    }
}

fn read_blocks(reader: &mut Reader<'_>) -> Result<Vec<Block>, ModelError> {
    let mut blocks = Vec::new();
    let mut channels = STEM.filters;
    for (filters, repetitions, halves) in BLOCK_GROUPS {
        for repetition in 0..repetitions {
            blocks.push(read_block(reader, filters, channels, halves && repetition == 0)?);
            channels = filters;
        }
    }
    Ok(blocks)
}

fn read_block(
    reader: &mut Reader<'_>,
    filters: usize,
    channels: usize,
    halves: bool,
) -> Result<Block, ModelError> {
    let (stride, padding) = if halves { (2, 0) } else { (1, 1) };
    let outer = Geometry { filters, channels, size: 3, stride, padding };
    let first = read_convolution(reader, outer, false)?;
    read_rectifier(reader)?;
    let inner = Geometry { filters, channels: filters, size: 3, stride: 1, padding: 1 };
    let second = read_convolution(reader, inner, false)?;
    if halves {
        read_pooling(reader, "avg_pool_2", 2, 2)?;
    }
    reader.name(&["add_prev_"])?;
    skip_state(reader)?;
    read_rectifier(reader)?;
    Ok(Block { halves, first, second })
}

/// A convolution and the affine layer behind it, folded into one.
fn read_convolution(
    reader: &mut Reader<'_>,
    geometry: Geometry,
    innermost: bool,
) -> Result<Convolution, ModelError> {
    let Geometry { filters, size, stride, padding, .. } = geometry;
    reader.name(&["con_4"])?;
    let mut weights = reader.tensor(filters * (geometry.filter_length() + 1))?;
    let mut bias = weights.split_off(filters * geometry.filter_length());
    for value in [filters, size, size, stride, stride, padding, padding] {
        reader.constant(value)?;
    }
    skip_views(reader)?;
    skip_learning_rates(reader)?;
    skip_state(reader)?;
    if innermost {
        // Only the layer that touches the input is of a later version, with one number more.
        reader.integer()?;
    }
    let (gains, offsets) = read_affine(reader, filters)?;
    for (filter, gain) in weights.chunks_exact_mut(geometry.filter_length()).zip(&gains) {
        filter.iter_mut().for_each(|weight| *weight *= gain);
    }
    for ((bias, gain), offset) in bias.iter_mut().zip(&gains).zip(&offsets) {
        *bias = *bias * gain + offset;
    }
    let weights = Array2::from_shape_vec((filters, geometry.filter_length()), weights)
        .map_err(|_| reader.unexpected("as many weights as the filters have"))?;
    Ok(Convolution { geometry, weights, bias })
}

/// One gain and one offset a channel.
fn read_affine(reader: &mut Reader<'_>, channels: usize) -> Result<(Vec<f32>, Vec<f32>), ModelError> {
    reader.name(&["affine_"])?;
    let mut gains = reader.tensor(2 * channels)?;
    let offsets = gains.split_off(channels);
    skip_views(reader)?;
    reader.integer()?;
    skip_state(reader)?;
    Ok((gains, offsets))
}

fn read_rectifier(reader: &mut Reader<'_>) -> Result<(), ModelError> {
    reader.name(&["relu_"])?;
    skip_state(reader)
}

/// A pooling layer with this window (0: the whole channel) and stride.
fn read_pooling(
    reader: &mut Reader<'_>,
    name: &'static str,
    window: usize,
    stride: usize,
) -> Result<(), ModelError> {
    reader.name(&[name])?;
    for value in [window, window, stride, stride, 0, 0] {
        reader.constant(value)?;
    }
    skip_state(reader)
}

/// The last layer: a matrix product without bias.
fn read_projection(reader: &mut Reader<'_>) -> Result<Vec<f32>, ModelError> {
    let (channels, ..) = BLOCK_GROUPS[BLOCK_GROUPS.len() - 1];
    reader.name(&["fc_2"])?;
    reader.constant(DIMENSIONS)?;
    reader.constant(channels)?;
    let projection = reader.tensor(channels * DIMENSIONS)?;
    skip_views(reader)?;
    reader.integer()?;
    skip_learning_rates(reader)?;
    skip_state(reader)?;
    Ok(projection)
}

/// Where weights and bias lie in their common tensor: known from the sizes.
fn skip_views(reader: &mut Reader<'_>) -> Result<(), ModelError> {
    reader.skip_alias()?;
    reader.skip_alias()
}

fn skip_learning_rates(reader: &mut Reader<'_>) -> Result<(), ModelError> {
    (0..4).try_for_each(|_| reader.float().map(|_| ()))
}

/// What dlib keeps of each layer's training: three flags and three (empty) tensors.
fn skip_state(reader: &mut Reader<'_>) -> Result<(), ModelError> {
    (0..3).try_for_each(|_| reader.flag().map(|_| ()))?;
    (0..3).try_for_each(|_| reader.skip_tensor())
}
