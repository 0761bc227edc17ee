//! Documents, read back by other programs' eyes: a CSV parser, a reader of workbooks, poppler's text extraction.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod anything;
mod csv;
mod pdf;
mod sample;
mod xlsx;
