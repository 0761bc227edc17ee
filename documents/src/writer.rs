//! The one way in: a document is begun, given its rows, and finished.

use std::io::Write;

use crate::cell::Cell;
use crate::csv::CsvTable;
use crate::error::Error;
use crate::format::Format;
use crate::layout::Layout;
use crate::pdf::{Fonts, PdfTable};
use crate::summary::Summary;
use crate::xlsx::XlsxTable;

/// What is decided apart from the table itself.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether a CSV begins with a byte order mark: Excel needs one to see that it is UTF-8.
    pub csv_bom: bool,
    /// The fonts of a PDF. Clone one value for all documents of a process: fonts are read once.
    pub fonts: Fonts,
}

/// A document in the making, written to `W`. Blocking and without a runtime: run it where that is welcome.
///
/// CSV and XLSX keep only the current row in memory (an XLSX has its rows in a temporary file until
/// [`finish`](Self::finish)); a PDF keeps its rows, and [`Format::row_limit`] of them at most.
pub struct Writer<W: Write + Send> {
    columns: usize,
    rows: u64,
    format: Format,
    table: Table<W>,
}

enum Table<W: Write + Send> {
    Csv(Box<CsvTable<W>>),
    Xlsx(Box<XlsxTable<W>>),
    Pdf(Box<PdfTable<W>>),
}

impl<W: Write + Send> Writer<W> {
    /// Begins a document of `format`.
    ///
    /// # Errors
    /// Whatever keeps `out`, or the temporary file of an XLSX, from being written.
    pub fn begin(format: Format, layout: Layout, options: &Options, out: W) -> Result<Self, Error> {
        let columns = layout.columns.len();
        let table = match format {
            Format::Csv => Table::Csv(Box::new(CsvTable::begin(&layout, options.csv_bom, out)?)),
            Format::Xlsx => Table::Xlsx(Box::new(XlsxTable::begin(layout, out)?)),
            Format::Pdf => Table::Pdf(Box::new(PdfTable::begin(layout, &options.fonts, out))),
        };
        Ok(Self { columns, rows: 0, format, table })
    }

    /// Adds a row: one cell for each column, in their order.
    ///
    /// # Errors
    /// [`Error::TooManyRows`] beyond what the format holds, [`Error::Cells`] for a row of another length, and
    /// whatever keeps the row from being written.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        if cells.len() != self.columns {
            return Err(Error::Cells { expected: self.columns, found: cells.len() });
        }
        if let Some(limit) = self.format.row_limit().filter(|limit| self.rows >= *limit) {
            return Err(Error::too_many_rows(self.format, limit));
        }
        match &mut self.table {
            Table::Csv(table) => table.row(cells)?,
            Table::Xlsx(table) => table.row(cells)?,
            Table::Pdf(table) => table.row(cells),
        }
        self.rows += 1;
        Ok(())
    }

    /// How many rows it has so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds what there is to say about all rows, and gives the destination back, flushed.
    ///
    /// # Errors
    /// Whatever keeps the document from being put together or written.
    pub fn finish(self, summary: &Summary) -> Result<W, Error> {
        let mut out = match self.table {
            Table::Csv(table) => table.finish()?,
            Table::Xlsx(table) => table.finish(summary)?,
            Table::Pdf(table) => table.finish(summary)?,
        };
        out.flush()?;
        Ok(out)
    }
}
