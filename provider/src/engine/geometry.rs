//! Points, and the similarity transform (turn, scale, shift) that best maps one set of points onto another.

/// A position in a picture: x to the right, y down, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// Five points of a face in the order of dlib's 5-point model: outer and inner corner of the eye on the picture's right,
/// outer and inner corner of the eye on its left, base of the nose.
pub(crate) type FacePoints = [Point; 5];

/// x′ = a·x − b·y + shift.x, y′ = b·x + a·y + shift.y.
#[derive(Clone, Copy, Debug)]
pub(super) struct Similarity {
    a: f64,
    b: f64,
    shift: Point,
}

impl Similarity {
    /// The transform with the least sum of squared distances between the mapped `from` and `to`.
    pub(super) fn between(from: &FacePoints, to: &FacePoints) -> Self {
        let (from_centre, to_centre) = (centre(from), centre(to));
        let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(to) {
            let (px, py) = (p.x - from_centre.x, p.y - from_centre.y);
            let (qx, qy) = (q.x - to_centre.x, q.y - to_centre.y);
            along += px * qx + py * qy;
            across += px * qy - py * qx;
            spread += px * px + py * py;
        }
        let (a, b) = (along / spread, across / spread);
        let turned = Self { a, b, shift: Point { x: 0.0, y: 0.0 } }.apply(from_centre);
        Self { a, b, shift: Point { x: to_centre.x - turned.x, y: to_centre.y - turned.y } }
    }

    pub(super) fn apply(&self, p: Point) -> Point {
        let turned = self.turn(p);
        Point { x: turned.x + self.shift.x, y: turned.y + self.shift.y }
    }

    /// Turns and scales, without the shift.
    pub(super) fn turn(&self, p: Point) -> Point {
        Point { x: self.a * p.x - self.b * p.y, y: self.b * p.x + self.a * p.y }
    }

    pub(super) fn scale(&self) -> f64 {
        self.a.hypot(self.b)
    }

    /// The turn alone, in degrees; positive is clockwise on the screen.
    pub(super) fn degrees(&self) -> f64 {
        self.b.atan2(self.a).to_degrees()
    }
}

fn centre(points: &FacePoints) -> Point {
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
    Point { x: x / count, y: y / count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_between_a_shape_and_its_turned_copy_is_that_turn() {
        let shape = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0), (1.0, 5.0)].map(|(x, y)| Point { x, y });
        let turned = shape.map(|p| Point { x: 7.0 - 3.0 * p.y, y: 3.0 * p.x - 1.0 });
        let found = Similarity::between(&shape, &turned);
        assert!((found.scale() - 3.0).abs() < 1e-9);
        assert!((found.degrees() - 90.0).abs() < 1e-9);
        let mapped = found.apply(shape[4]);
        assert!((mapped.x - turned[4].x).abs() < 1e-9 && (mapped.y - turned[4].y).abs() < 1e-9);
    }
}
