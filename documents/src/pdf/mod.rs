//! A PDF for reading and printing: A4, headings on every page, names in the scripts of the world.
//!
//! Widths of columns, the number of pages and what stands above the table depend on all rows, so the text of
//! the rows is kept until [`PdfTable::finish`], which lays out, draws and writes page
//! by page.

mod canvas;
mod chart;
mod columns;
mod drawing;
mod face;
mod file;
mod fonts;
mod glyph;
mod head;
mod line;
mod look;
mod pages;
mod pairs;
mod rows;
mod shape;
mod table;
mod typesetter;
mod wrap;

use std::io::Write;

use crate::cell::Cell;
use crate::error::Error;
use crate::layout::Layout;
use crate::summary::Summary;
pub use fonts::Fonts;
use rows::Rows;
use typesetter::Typesetter;

/// More would be some thousand pages that nobody reads, and would need hundreds of megabytes of memory.
pub(crate) const ROW_LIMIT: u64 = 50_000;

/// A PDF in the making.
pub(crate) struct PdfTable<W: Write> {
    layout: Layout,
    setter: Typesetter,
    rows: Rows,
    out: W,
}

impl<W: Write> PdfTable<W> {
    pub(crate) fn begin(layout: Layout, fonts: &Fonts, out: W) -> Self {
        let mut setter = Typesetter::new(fonts.clone());
        let rows = Rows::new(&layout.columns, &mut setter);
        Self { layout, setter, rows, out }
    }

    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) {
        self.rows.push(cells, &mut self.setter);
    }

    pub(crate) fn finish(mut self, summary: &Summary) -> Result<W, Error> {
        pages::write(self.out, &mut self.setter, &self.layout, &self.rows, summary)
    }
}
