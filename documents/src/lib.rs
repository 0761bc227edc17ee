//! Tables as documents: CSV, XLSX and PDF from one description, written row by row.
//!
//! Pure writers. They know neither the database nor object storage: whoever has rows describes the table by a
//! [`Layout`], hands the rows to a [`Writer`] one after the other, and ends it with a [`Summary`]. CSV and
//! XLSX need the same memory for ten rows and a million; a PDF grows with its rows and refuses too many.

mod cell;
mod column;
pub mod csv;
mod error;
mod format;
mod layout;
mod palette;
mod pdf;
mod summary;
mod writer;
mod xlsx;

pub use cell::Cell;
pub use column::{Column, Kind};
pub use error::Error;
pub use format::Format;
pub use layout::Layout;
pub use pdf::Fonts;
pub use summary::{Bar, Chart, Day, Series, Summary, Tone, Total};
pub use writer::{Options, Writer};
