//! CSV as of RFC 4180: lines end with CR LF, values are quoted where they must be, text is UTF-8.
//!
//! Spreadsheets run what looks like a formula, so text that would be taken for one is [`neutral`]ised.

mod formula;

use std::io::Write;

use ::csv::{Terminator, WriterBuilder};

use crate::cell::Cell;
use crate::column::Kind;
use crate::error::Error;
use crate::layout::Layout;

pub use formula::neutral;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A CSV in the making.
pub(crate) struct CsvTable<W: Write> {
    lines: ::csv::Writer<W>,
    kinds: Vec<Kind>,
    /// The text of one cell; kept so that it is allocated once.
    text: String,
}

impl<W: Write> CsvTable<W> {
    pub(crate) fn begin(layout: &Layout, byte_order_mark: bool, mut out: W) -> Result<Self, Error> {
        if byte_order_mark {
            out.write_all(BYTE_ORDER_MARK)?;
        }
        let mut lines = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        lines.write_record(layout.headings().map(|heading| neutral(heading).into_owned()))?;
        let kinds = layout.columns.iter().map(|column| column.kind).collect();
        Ok(Self { lines, kinds, text: String::new() })
    }

    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        for (cell, kind) in cells.iter().zip(&self.kinds) {
            if let Cell::Text(words) = cell {
                self.lines.write_field(neutral(words).as_bytes())?;
                continue;
            }
            self.text.clear();
            cell.show(*kind, &mut self.text);
            self.lines.write_field(&self.text)?;
        }
        // An empty record ends the line.
        self.lines.write_record(None::<&[u8]>)?;
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<W, Error> {
        self.lines.into_inner().map_err(|error| Error::Io(error.into_error()))
    }
}
