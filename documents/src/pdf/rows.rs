//! The rows until the document is finished: their text, one piece after the other, and how wide it is.

use crate::cell::Cell;
use crate::column::{Column, Kind};

use super::columns::Demand;
use super::line::Weight;
use super::typesetter::Typesetter;
use super::wrap::{self, Extent};

/// So many of a hundred texts are most of them.
const MOST: usize = 95;

/// All rows.
pub(super) struct Rows {
    kinds: Vec<Kind>,
    text: String,
    cells: Vec<Piece>,
    /// The widest of each column, heading included.
    extents: Vec<Extent>,
}

/// A cell's text: it ends at `end`, where the next one begins.
#[derive(Clone, Copy)]
struct Piece {
    end: usize,
    /// On one line, in ems.
    width: f32,
}

/// A cell as it is drawn.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) text: &'a str,
    /// On one line, in ems.
    pub(super) width: f32,
}

impl Rows {
    pub(super) fn new(columns: &[Column], setter: &mut Typesetter) -> Self {
        let extents = columns.iter().map(|column| wrap::measure_heading(setter, &column.heading)).collect();
        let kinds = columns.iter().map(|column| column.kind).collect();
        Self { kinds, text: String::new(), cells: Vec::new(), extents }
    }

    pub(super) fn push(&mut self, cells: &[Cell<'_>], setter: &mut Typesetter) {
        for (column, cell) in cells.iter().enumerate() {
            let Some(kind) = self.kinds.get(column).copied() else { break };
            let start = self.text.len();
            if let Cell::Text(words) = cell {
                push_printable(&mut self.text, words.trim());
            } else {
                cell.show(kind, &mut self.text);
            }
            let extent = extent_of(&self.text[start..], cell, setter);
            if let Some(widest) = self.extents.get_mut(column) {
                widest.widest = widest.widest.max(extent.widest);
                widest.longest_word = widest.longest_word.max(extent.longest_word);
            }
            self.cells.push(Piece { end: self.text.len(), width: extent.widest });
        }
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len().checked_div(self.kinds.len()).unwrap_or(0)
    }

    /// What each column asks for.
    pub(super) fn demands(&self) -> Vec<Demand> {
        let demand = |(column, Extent { longest_word, widest }): (usize, &Extent)| Demand {
            longest_word: *longest_word,
            usual: self.usual_width(column),
            widest: *widest,
        };
        self.extents.iter().enumerate().map(demand).collect()
    }

    /// The width that most texts of a column keep within, in ems.
    fn usual_width(&self, column: usize) -> f32 {
        let cells = self.cells.iter().skip(column).step_by(self.kinds.len());
        let mut widths: Vec<f32> = cells.map(|piece| piece.width).collect();
        let place = widths.len() * MOST / 100;
        if place >= widths.len() {
            return 0.0;
        }
        let (_, usual, _) = widths.select_nth_unstable_by(place, f32::total_cmp);
        *usual
    }

    /// The cells of a row, from left to right.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = Shown<'_>> {
        let first = row * self.kinds.len();
        let cells = self.cells.get(first..first + self.kinds.len()).unwrap_or_default();
        let mut start =
            first.checked_sub(1).and_then(|last| self.cells.get(last)).map_or(0, |piece| piece.end);
        cells.iter().map(move |piece| {
            let text = &self.text[start..piece.end];
            start = piece.end;
            Shown { text, width: piece.width }
        })
    }
}

/// Numbers and times are never broken.
fn extent_of(text: &str, cell: &Cell<'_>, setter: &mut Typesetter) -> Extent {
    match cell {
        Cell::Empty => Extent::default(),
        Cell::Text(_) => wrap::measure(setter, text, Weight::Regular),
        Cell::Integer(_)
        | Cell::Number(_)
        | Cell::Date(_)
        | Cell::Time(_)
        | Cell::DateTime(_)
        | Cell::Duration(_) => {
            let width = setter.width(text, Weight::Regular);
            Extent { widest: width, longest_word: width }
        }
    }
}

/// Appends `words` with spaces for what has no picture on paper; line ends stay.
fn push_printable(text: &mut String, words: &str) {
    if !words.contains(|character: char| character.is_control()) {
        text.push_str(words);
        return;
    }
    let words = words.replace("\r\n", "\n");
    text.extend(words.chars().map(|character| match character {
        '\n' => '\n',
        other if other.is_control() => ' ',
        other => other,
    }));
}
