//! The JSON of faces, shared by the endpoints that answer with them.

use serde::Serialize;

use crate::engine::Face;

/// A rectangle in pixels of the picture.
#[derive(Serialize)]
pub(super) struct BoundingBox {
    top: i32,
    left: i32,
    width: i32,
    height: i32,
}

/// A point in pixels of the picture.
#[derive(Serialize)]
pub(super) struct Landmark {
    x: f64,
    y: f64,
}

impl BoundingBox {
    /// The part of a face's box that lies in the picture.
    pub(super) fn of(face: &Face, width: usize, height: usize) -> Self {
        let within = |value: i32, length: usize| value.clamp(0, i32::try_from(length).unwrap_or(i32::MAX));
        let (left, right) = (within(face.area.left, width), within(face.area.right, width));
        let (top, bottom) = (within(face.area.top, height), within(face.area.bottom, height));
        Self { top, left, width: right - left, height: bottom - top }
    }
}

/// Eye corners (right in the picture: outer, inner; left: outer, inner) and the base of the nose.
pub(super) fn landmarks(face: &Face) -> [Landmark; 5] {
    face.points.map(|point| Landmark { x: point.x, y: point.y })
}

/// Rounded to `decimals` places: more would only pretend to be exact.
pub(super) fn rounded(value: f32, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (f64::from(value) * scale).round() / scale
}
