//! Finds five points of a face: a cascade of regression trees moves a mean shape step by step, each tree looking at
//! brightness differences around the current shape (Kazemi and Sullivan 2014, as in dlib's `shape_predictor`).

use super::dlib_format::{ModelError, Reader};
use super::geometry::{FacePoints, Point, Similarity};
use crate::picture::{Area, Picture};

/// x and y of five points, in units of the face's box.
type Shape = [f32; 10];

/// Compares the brightness at two probes.
struct Split {
    left: usize,
    right: usize,
    threshold: f32,
}

/// A complete binary tree, level by level; the leaves are movements of the shape.
struct Tree {
    splits: Vec<Split>,
    leaves: Vec<Shape>,
}

/// Where to look at the picture: near a point of the shape.
struct Probe {
    point: usize,
    offset: Point,
}

struct Stage {
    trees: Vec<Tree>,
    probes: Vec<Probe>,
}

/// The landmark model.
pub(super) struct Landmarks {
    mean: Shape,
    stages: Vec<Stage>,
}

impl Landmarks {
    /// Reads `shape_predictor_5_face_landmarks.dat`.
    pub(super) fn parse(file: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(file);
        reader.constant(1)?;
        let mean = reader.matrix()?;
        let forests = reader.vector(100, |reader| reader.vector(5_000, read_tree))?;
        let anchors = reader.vector(100, |reader| reader.vector(5_000, |reader| reader.count(4)))?;
        let offsets = reader.vector(100, |reader| reader.vector(5_000, read_offset))?;
        reader.end()?;
        if anchors.len() != forests.len() || offsets.len() != forests.len() {
            return Err(reader.unexpected("as many lists of probes as forests"));
        }
        let stages = forests.into_iter().zip(anchors).zip(offsets);
        let stages = stages.map(|((trees, anchors), offsets)| Stage::new(&reader, trees, &anchors, &offsets));
        Ok(Self { mean, stages: stages.collect::<Result<_, _>>()? })
    }

    /// The five points of the face in `area`, rounded to whole pixels as the embedding was trained with.
    pub(super) fn locate(&self, picture: &Picture, area: Area) -> FacePoints {
        let mut shape = self.mean;
        for stage in &self.stages {
            let turn = Similarity::between(&points(&self.mean), &points(&shape));
            let brightness = stage.look(picture, area, &points(&shape), &turn);
            for tree in &stage.trees {
                for (value, step) in shape.iter_mut().zip(tree.leaf(&brightness)) {
                    *value += step;
                }
            }
        }
        points(&shape).map(|point| pixel(area, point))
    }
}

impl Stage {
    fn new(
        reader: &Reader<'_>,
        trees: Vec<Tree>,
        anchors: &[usize],
        offsets: &[Point],
    ) -> Result<Self, ModelError> {
        let count = anchors.len();
        let inside = |split: &Split| split.left < count && split.right < count;
        if offsets.len() != count || !trees.iter().flat_map(|tree| &tree.splits).all(inside) {
            return Err(reader.unexpected("trees that look at probes that exist"));
        }
        let probes =
            anchors.iter().zip(offsets).map(|(point, offset)| Probe { point: *point, offset: *offset });
        Ok(Self { trees, probes: probes.collect() })
    }

    /// The brightness at every probe; 0 outside the picture.
    fn look(&self, picture: &Picture, area: Area, shape: &FacePoints, turn: &Similarity) -> Vec<f32> {
        let at = |probe: &Probe| {
            let (anchor, offset) = (shape[probe.point], turn.turn(probe.offset));
            let position = pixel(area, Point { x: anchor.x + offset.x, y: anchor.y + offset.y });
            #[expect(clippy::cast_possible_truncation, reason = "whole pixels")]
            picture.brightness(position.x as i64, position.y as i64)
        };
        self.probes.iter().map(at).collect()
    }
}

impl Tree {
    fn leaf(&self, brightness: &[f32]) -> &Shape {
        let mut node = 0;
        while let Some(split) = self.splits.get(node) {
            let goes_left = brightness[split.left] - brightness[split.right] > split.threshold;
            node = 2 * node + if goes_left { 1 } else { 2 };
        }
        &self.leaves[node - self.splits.len()]
    }
}

fn read_tree(reader: &mut Reader<'_>) -> Result<Tree, ModelError> {
    let splits = reader.vector(1_023, |reader| {
        let (left, right) = (reader.count(5_000)?, reader.count(5_000)?);
        Ok(Split { left, right, threshold: reader.float()? })
    })?;
    let leaves = reader.vector(1_024, Reader::matrix)?;
    // Every walk then ends at a leaf that exists.
    if leaves.len() != splits.len() + 1 {
        return Err(reader.unexpected("one leaf more than splits"));
    }
    Ok(Tree { splits, leaves })
}

fn read_offset(reader: &mut Reader<'_>) -> Result<Point, ModelError> {
    Ok(Point { x: f64::from(reader.float()?), y: f64::from(reader.float()?) })
}

fn points(shape: &Shape) -> FacePoints {
    std::array::from_fn(|i| Point { x: f64::from(shape[2 * i]), y: f64::from(shape[2 * i + 1]) })
}

/// From units of the box to the nearest whole pixel.
fn pixel(area: Area, point: Point) -> Point {
    let (width, height) = (f64::from(area.right - area.left), f64::from(area.bottom - area.top));
    Point {
        x: (point.x * width + f64::from(area.left) + 0.5).floor(),
        y: (point.y * height + f64::from(area.top) + 0.5).floor(),
    }
}

#[cfg(test)]
mod tests;
