//! What a document says about itself before its first row.

use chrono::DateTime;
use chrono_tz::Tz;

use crate::column::Column;

/// Title, origin and columns of a document. CSV takes the columns alone: a machine reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// What the document is: `Attendance report`.
    pub title: String,
    /// Lines below the title, such as the period or the site.
    pub subtitle: Vec<String>,
    /// By what the rows were chosen: label and value.
    pub filters: Vec<(String, String)>,
    /// When it was made, in the zone that its times are in.
    pub generated_at: DateTime<Tz>,
    /// The columns, from left to right.
    pub columns: Vec<Column>,
}

impl Layout {
    /// `21 November 2026, 14:05 (Europe/Berlin)`.
    pub(crate) fn generated(&self) -> String {
        let at = self.generated_at;
        format!("{} ({})", at.format("%-d %B %Y, %H:%M"), at.timezone().name())
    }

    /// What the headings say, from left to right.
    pub(crate) fn headings(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.heading.as_str())
    }
}
