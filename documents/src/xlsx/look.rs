//! How cells look: number formats, headings, widths and colours.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::column::{Column, Kind};
use crate::palette::{self, Colour};

/// The looks of the sheet of rows.
pub(super) struct Looks {
    pub(super) heading: Format,
    /// Text in a row of more than one line.
    pub(super) wrapped: Format,
    /// In the order of the columns.
    pub(super) columns: Vec<Format>,
    /// The room for text, in characters.
    pub(super) rooms: Vec<f64>,
}

impl Looks {
    pub(super) fn new(columns: &[Column]) -> Self {
        Self {
            heading: heading(),
            wrapped: of_kind(Kind::Text).set_text_wrap(),
            columns: columns.iter().map(|column| of_kind(column.kind)).collect(),
            rooms: columns.iter().map(room_of).collect(),
        }
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
        .set_align(FormatAlign::Left)
        .set_indent(1)
}

/// The look of a sheet's title.
pub(super) fn title() -> Format {
    Format::new().set_bold().set_font_size(16).set_font_color(of(palette::INK))
}

/// The look of what stands in the second row of importance.
pub(super) fn quiet() -> Format {
    Format::new().set_font_color(of(palette::QUIET))
}

/// The look of a value, by what it is. Numbers and the text to their right keep off each other, each by an indent of its own:
/// LibreOffice leaves that of some numbers out.
pub(super) fn of_kind(kind: Kind) -> Format {
    let look = Format::new().set_align(FormatAlign::Top);
    let number =
        |digits: &str| look.clone().set_num_format(digits).set_align(FormatAlign::Right).set_indent(1);
    let left = || look.clone().set_align(FormatAlign::Left).set_indent(1);
    match kind {
        Kind::Text => left(),
        Kind::Integer | Kind::Decimal { places: 0 } => number("0"),
        Kind::Decimal { places } => number(&format!("0.{}", "0".repeat(places.into()))),
        Kind::Percent => number("0.0%"),
        Kind::Date => left().set_num_format("yyyy-mm-dd"),
        Kind::Time => left().set_num_format("hh:mm:ss"),
        Kind::DateTime => left().set_num_format("yyyy-mm-dd hh:mm:ss"),
        Kind::Duration => number("[h]:mm"),
    }
}

/// What a column is wider than its text, in characters: the indent, and the edges.
pub(super) const EDGES: f64 = 2.0;

/// Room for a column's values, and for the heading beside the filter's arrow, in characters.
fn room_of(column: &Column) -> f64 {
    let heading = u16::try_from(column.heading.chars().count()).unwrap_or(u16::MAX);
    f64::from(column.chars.max(heading.saturating_add(3)).clamp(6, 80))
}

/// A colour as the workbook knows it.
pub(super) fn of(colour: Colour) -> Color {
    Color::RGB(colour.0)
}
