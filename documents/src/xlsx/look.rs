//! How cells look: number formats, headings, widths and colours.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::column::{Column, Kind};
use crate::palette::{self, Colour};

/// The looks of the sheet of rows.
pub(super) struct Looks {
    pub(super) heading: Format,
    /// In the order of the columns.
    pub(super) columns: Vec<Format>,
}

impl Looks {
    pub(super) fn new(columns: &[Column]) -> Self {
        Self { heading: heading(), columns: columns.iter().map(|column| of_kind(column.kind)).collect() }
    }
}

/// The look of a heading.
pub(super) fn heading() -> Format {
    Format::new()
        .set_bold()
        .set_font_color(of(palette::INK))
        .set_background_color(of(palette::HEADING))
        .set_border_bottom(FormatBorder::Thin)
        .set_border_bottom_color(of(palette::STRONG_RULE))
        .set_align(FormatAlign::VerticalCenter)
}

/// The look of a sheet's title.
pub(super) fn title() -> Format {
    Format::new().set_bold().set_font_size(16).set_font_color(of(palette::INK))
}

/// The look of what stands in the second row of importance.
pub(super) fn quiet() -> Format {
    Format::new().set_font_color(of(palette::QUIET))
}

/// The look of a value, by what it is.
pub(super) fn of_kind(kind: Kind) -> Format {
    let look = Format::new();
    match kind {
        Kind::Text => look.set_align(FormatAlign::Left),
        Kind::Integer => look.set_num_format("0"),
        Kind::Decimal { places: 0 } => look.set_num_format("0"),
        Kind::Decimal { places } => look.set_num_format(format!("0.{}", "0".repeat(places.into()))),
        Kind::Percent => look.set_num_format("0.0%"),
        Kind::Date => look.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
        Kind::Time => look.set_num_format("hh:mm:ss").set_align(FormatAlign::Left),
        Kind::DateTime => look.set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Left),
        Kind::Duration => look.set_num_format("[h]:mm"),
    }
}

/// The width of a column in characters: room for its values, and for the heading beside the filter's arrow.
pub(super) fn heading_width(column: &Column) -> f64 {
    let heading = u16::try_from(column.heading.chars().count()).unwrap_or(u16::MAX);
    f64::from(column.chars.max(heading.saturating_add(3)).clamp(6, 80)) + 1.0
}

/// A colour as the workbook knows it.
pub(super) fn of(colour: Colour) -> Color {
    Color::RGB(colour.0)
}
