//! The kinds of file that a table can become.

use std::fmt;

use crate::error::Error;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// RFC 4180 in UTF-8: for machines, and as big as it gets.
    Csv,
    /// A workbook of typed cells.
    Xlsx,
    /// For reading and printing.
    Pdf,
}

impl Format {
    /// The ending of the file's name, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    /// The media type, as registered with IANA.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }

    /// Refuses `rows` rows where a file of this kind cannot have so many, before the first of them is written.
    ///
    /// # Errors
    /// [`Error::TooManyRows`].
    pub fn must_hold(self, rows: u64) -> Result<(), Error> {
        match self.row_limit() {
            Some(limit) if rows > limit => Err(Error::too_many_rows(self, limit)),
            Some(_) | None => Ok(()),
        }
    }

    /// How many rows a file of this kind may have; `None` where there is no end.
    #[must_use]
    pub fn row_limit(self) -> Option<u64> {
        match self {
            Self::Csv => None,
            Self::Xlsx => Some(crate::xlsx::ROW_LIMIT),
            Self::Pdf => Some(crate::pdf::ROW_LIMIT),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "CSV",
            Self::Xlsx => "XLSX",
            Self::Pdf => "PDF",
        })
    }
}
