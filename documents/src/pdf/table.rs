//! The table: which rows stand on which page, and how they are drawn.

use std::ops::Range;

use crate::column::Column;
use crate::palette;

use super::canvas::{Anchor, Canvas, Style};
use super::columns::Plan;
use super::line::Weight;
use super::look;
use super::rows::{Rows, Shown};
use super::typesetter::Typesetter;
use super::wrap;

/// A row of more lines than this may go over to the next page. So many always fit on a page.
const KEPT_WHOLE: usize = 12;
/// Fewer lines of a row do not stand alone at the end of a page.
const LEAST_LINES: usize = 3;

/// A table with its measures.
pub(super) struct Table<'a> {
    columns: &'a [Column],
    rows: &'a Rows,
    plan: &'a Plan,
    /// The lines of each heading.
    headings: Vec<Vec<Range<usize>>>,
}

/// Where a page goes on: a row, and the first of its lines that was not shown yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    row: usize,
    line: usize,
}

/// The lines of one row that stand on a page.
struct Slice {
    row: usize,
    lines: Range<usize>,
}

impl<'a> Table<'a> {
    pub(super) fn new(
        setter: &mut Typesetter,
        columns: &'a [Column],
        rows: &'a Rows,
        plan: &'a Plan,
    ) -> Self {
        let room = |width: f32| (width - 2.0 * look::CELL_SIDE) / plan.size;
        let headings = columns
            .iter()
            .zip(&plan.widths)
            .map(|(column, width)| wrap::lines(setter, &column.heading, Weight::Bold, room(*width)))
            .collect();
        Self { columns, rows, plan, headings }
    }

    /// Where the page after one with `room` points for rows goes on, if one is needed.
    pub(super) fn after(&self, setter: &mut Typesetter, from: Place, room: f32) -> Option<Place> {
        let (_, next) = self.fill(setter, from, room);
        next
    }

    /// The height of the headings in points.
    pub(super) fn head_height(&self) -> f32 {
        self.height(self.headings.iter().map(Vec::len).max().unwrap_or(1))
    }

    /// The least room that a table should begin in: its headings, and its first row or some lines.
    pub(super) fn least_room(&self, setter: &mut Typesetter) -> f32 {
        let first = if self.rows.len() == 0 { 1 } else { self.lines_of(setter, 0) };
        self.head_height() + self.height(first.min(KEPT_WHOLE)).max(self.height(1) * 4.0)
    }

    /// Draws headings, and from `from` on the rows that fit in `room` below them.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, top: f32, from: Place, room: f32) {
        let mut y = top + self.draw_head(canvas, top);
        let (slices, _) = self.fill(canvas.setter, from, room);
        for slice in slices {
            let height = self.height(slice.lines.len());
            if slice.row % 2 == 1 {
                canvas.block(look::SIDE, y, self.plan.width(), height, palette::STRIPE);
            }
            self.draw_row(canvas, y, &slice);
            y += height;
        }
        canvas.block(look::SIDE, y, self.plan.width(), 0.6, palette::STRONG_RULE);
    }

    /// The rows that fit in `room`. A long row goes on on the next page, a short one stays whole.
    fn fill(&self, setter: &mut Typesetter, from: Place, room: f32) -> (Vec<Slice>, Option<Place>) {
        let mut slices = Vec::new();
        let mut left = room;
        let mut place = from;
        while place.row < self.rows.len() {
            let lines = place.line..self.lines_of(setter, place.row);
            let height = self.height(lines.len());
            if height > left {
                let fit = self.lines_in(left);
                let stays_whole = lines.len() <= KEPT_WHOLE || fit < LEAST_LINES;
                if stays_whole && !slices.is_empty() {
                    return (slices, Some(place));
                }
                // A page without any line of a row would be followed by others for ever.
                let end = place.line + fit.max(1);
                slices.push(Slice { row: place.row, lines: place.line..end });
                return (slices, Some(Place { row: place.row, line: end }));
            }
            slices.push(Slice { row: place.row, lines });
            left -= height;
            place = Place { row: place.row + 1, line: 0 };
        }
        (slices, None)
    }

    fn height(&self, lines: usize) -> f32 {
        float(lines) * self.plan.size * look::LEADING + 2.0 * look::CELL_EDGE
    }

    /// How many lines of one row fit in `room`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some dozens, rounded down")]
    fn lines_in(&self, room: f32) -> usize {
        ((room - 2.0 * look::CELL_EDGE) / (self.plan.size * look::LEADING)).max(0.0) as usize
    }

    fn lines_of(&self, setter: &mut Typesetter, row: usize) -> usize {
        let cells = self.rows.row(row).zip(&self.plan.widths);
        cells.map(|(cell, width)| self.wrapped(setter, cell, *width).len()).max().unwrap_or(0).max(1)
    }

    /// The lines of a cell; in most cells one, which costs nothing.
    fn wrapped(&self, setter: &mut Typesetter, cell: Shown<'_>, width: f32) -> Lines {
        let room = (width - 2.0 * look::CELL_SIDE) / self.plan.size;
        if cell.width <= room + SLACK && !cell.text.contains('\n') {
            return Lines::One(0..cell.text.len());
        }
        Lines::Many(wrap::lines(setter, cell.text, Weight::Regular, room))
    }

    fn draw_head(&self, canvas: &mut Canvas<'_>, top: f32) -> f32 {
        let height = self.head_height();
        canvas.block(look::SIDE, top, self.plan.width(), height, palette::HEADING);
        canvas.block(look::SIDE, top + height - 0.8, self.plan.width(), 0.8, palette::STRONG_RULE);
        let style = Style { size: self.plan.size, weight: Weight::Bold, colour: palette::INK };
        let mut x = look::SIDE;
        for ((column, lines), width) in self.columns.iter().zip(&self.headings).zip(&self.plan.widths) {
            let place = CellPlace { x, y: top, width: *width, right: column.kind.is_number() };
            self.draw_lines(canvas, place, &column.heading, lines, style);
            x += width;
        }
        height
    }

    fn draw_row(&self, canvas: &mut Canvas<'_>, y: f32, slice: &Slice) {
        let style = Style { size: self.plan.size, weight: Weight::Regular, colour: palette::INK };
        let mut x = look::SIDE;
        let columns = self.columns.iter().zip(&self.plan.widths);
        for (cell, (column, width)) in self.rows.row(slice.row).zip(columns) {
            let lines = self.wrapped(canvas.setter, cell, *width);
            let lines = lines.get(slice.lines.clone());
            let place = CellPlace { x, y, width: *width, right: column.kind.is_number() };
            self.draw_lines(canvas, place, cell.text, lines, style);
            x += width;
        }
    }

    fn draw_lines(
        &self,
        canvas: &mut Canvas<'_>,
        place: CellPlace,
        text: &str,
        lines: &[Range<usize>],
        style: Style,
    ) {
        let mut base = place.y + look::CELL_EDGE + style.size * look::ASCENT;
        let (x, anchor) = place.anchor();
        for line in lines {
            canvas.text(x, base, &text[line.clone()], style, anchor);
            base += style.size * look::LEADING;
        }
    }
}

/// What a width may be over a column's by rounding, in ems.
const SLACK: f32 = 0.001;

/// The corner and width of a cell.
#[derive(Clone, Copy)]
struct CellPlace {
    x: f32,
    y: f32,
    width: f32,
    /// Whether text is flush right.
    right: bool,
}

impl CellPlace {
    fn anchor(self) -> (f32, Anchor) {
        if self.right {
            (self.x + self.width - look::CELL_SIDE, Anchor::Right)
        } else {
            (self.x + look::CELL_SIDE, Anchor::Left)
        }
    }
}

/// The lines of a cell.
enum Lines {
    One(Range<usize>),
    Many(Vec<Range<usize>>),
}

impl Lines {
    fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(lines) => lines.len(),
        }
    }

    /// Those of `wanted` that there are.
    fn get(&self, wanted: Range<usize>) -> &[Range<usize>] {
        let lines = match self {
            Self::One(line) => std::slice::from_ref(line),
            Self::Many(lines) => lines,
        };
        let end = wanted.end.min(lines.len());
        lines.get(wanted.start.min(end)..end).unwrap_or_default()
    }
}

#[expect(clippy::cast_precision_loss, reason = "lines of a row")]
fn float(count: usize) -> f32 {
    count as f32
}
