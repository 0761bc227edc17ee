//! The measures of a page.

/// A4 upright, in points of 1/72 inch.
pub(super) const A4: (f32, f32) = (595.28, 841.89);
/// White space at the left and right edge.
pub(super) const SIDE: f32 = 36.0;
/// White space above everything.
pub(super) const TOP: f32 = 34.0;
/// White space below the table; the page's number stands in it.
pub(super) const BOTTOM: f32 = 42.0;

/// Left and right of a cell's text.
pub(super) const CELL_SIDE: f32 = 4.5;
/// Above and below a cell's text.
pub(super) const CELL_EDGE: f32 = 2.6;
/// From line to line, as a multiple of the size: room for scripts with marks above and below.
pub(super) const LEADING: f32 = 1.36;
/// From the top of a line to its base line, as a multiple of the size.
pub(super) const ASCENT: f32 = 1.03;
