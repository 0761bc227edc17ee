//! What is to be made.

use documents::Format;
use entity::export_job::ExportFormat;
use jobs::Content;
use queue::JobId;

/// A file that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// What is in it.
    pub content: &'a Content,
    /// Format of the file.
    pub format: ExportFormat,
    /// Heading, where it is not the usual one.
    pub title: Option<&'a str>,
    /// Whether a CSV begins with a byte order mark.
    pub bom: bool,
    /// Mail addresses that get it.
    pub recipients: &'a [String],
}

impl Order<'_> {
    /// The heading.
    pub(super) fn title(&self) -> &str {
        self.title.unwrap_or_else(|| self.content.title())
    }

    /// The writer's name for the format.
    pub(super) fn format(&self) -> Format {
        match self.format {
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Xlsx => Format::Xlsx,
            ExportFormat::Pdf => Format::Pdf,
        }
    }

    /// Where the file lies: always the same place for the same job.
    pub(super) fn key(&self, id: JobId) -> String {
        jobs::file_key(self.content.kind(), self.format, id)
    }
}
