//! What can go wrong while a document is written.

use std::io;

use rust_xlsxwriter::XlsxError;

use crate::format::Format;

/// Why a document could not be written. The text may be shown to whoever asked for it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// More rows than the format holds; trying again does not help, the text says what does.
    #[error("{format} holds at most {limit} rows: narrow the dates or filters, or choose {instead}")]
    TooManyRows {
        /// The kind of file.
        format: Format,
        /// How many rows it may have.
        limit: u64,
        /// What holds more.
        instead: &'static str,
    },
    /// A row does not fit the layout: a mistake of the program.
    #[error("a row of {found} cells does not fit a table of {expected} columns")]
    Cells {
        /// Columns of the layout.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// The destination, or the temporary file of an XLSX, could not be written.
    #[error("the document could not be written")]
    Io(#[from] io::Error),
    /// The workbook could not be put together.
    #[error("the workbook could not be written")]
    Xlsx(#[from] XlsxError),
    /// A font of a PDF could not be cut down to the glyphs that are used.
    #[error("the PDF could not be written")]
    Pdf(#[from] subsetter::Error),
}

impl From<csv::Error> for Error {
    fn from(error: csv::Error) -> Self {
        Self::Io(error.into())
    }
}

impl Error {
    /// That a file of `format` would have more rows than it may.
    pub(crate) fn too_many_rows(format: Format, limit: u64) -> Self {
        let instead = match format {
            Format::Pdf => "XLSX or CSV",
            Format::Xlsx | Format::Csv => "CSV",
        };
        Self::TooManyRows { format, limit, instead }
    }
}
