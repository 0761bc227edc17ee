//! The second sheet: what the workbook is about, its totals, and the days as a table and a picture.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::{cells, look, picture};
use crate::cell::Cell;
use crate::column::Kind;
use crate::layout::Layout;
use crate::summary::{Chart, Summary};

pub(super) const NAME: &str = "Summary";

const LABEL_WIDTH: f64 = 30.0;
const VALUE_WIDTH: f64 = 14.0;
/// Where the picture stands: beside the texts.
const PICTURE_COLUMN: u16 = 5;

/// Fills `sheet`.
pub(super) fn write(sheet: &mut Worksheet, layout: &Layout, summary: &Summary) -> Result<(), XlsxError> {
    sheet.set_name(NAME)?.set_screen_gridlines(false).set_column_width(0, LABEL_WIDTH)?;
    for column in 1..PICTURE_COLUMN {
        sheet.set_column_width(column, VALUE_WIDTH)?;
    }
    let mut page = Page { sheet, next: 0 };
    page.about(layout)?;
    page.filters(layout)?;
    page.totals(summary)?;
    if let Some(chart) = summary.chart.as_ref().filter(|chart| !chart.is_empty()) {
        page.days(chart)?;
    }
    page.sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

/// The sheet, filled from the top.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    next: u32,
}

impl Page<'_> {
    fn about(&mut self, layout: &Layout) -> Result<(), XlsxError> {
        self.sheet.set_row_height(0, 26)?;
        self.line(&layout.title, &look::title())?;
        for line in &layout.subtitle {
            self.line(line, &look::quiet())?;
        }
        self.line(&format!("Created {}", layout.generated()), &look::quiet())
    }

    fn filters(&mut self, layout: &Layout) -> Result<(), XlsxError> {
        if layout.filters.is_empty() {
            return Ok(());
        }
        self.section(&["Filter", "Value"])?;
        for (label, value) in &layout.filters {
            self.sheet.write_string(self.next, 0, label)?;
            let flush_right = look::of_kind(Kind::Integer);
            self.sheet.write_string_with_format(self.next, 1, value, &flush_right)?;
            self.next += 1;
        }
        Ok(())
    }

    fn totals(&mut self, summary: &Summary) -> Result<(), XlsxError> {
        if summary.totals.is_empty() {
            return Ok(());
        }
        self.section(&["Total", "Value"])?;
        for total in &summary.totals {
            self.pair(&total.label, total.kind, &total.value)?;
        }
        Ok(())
    }

    fn days(&mut self, chart: &Chart) -> Result<(), XlsxError> {
        let names = chart.series.iter().map(|series| series.name.as_str());
        let headings: Vec<_> = [chart.title.as_str()].into_iter().chain(names).collect();
        self.section(&headings)?;
        let first = self.next;
        let number = look::of_kind(Kind::Integer);
        for (index, bar) in chart.bars.iter().enumerate() {
            self.sheet.write_string(self.next, 0, &bar.label)?;
            for (column, series) in (1..).zip(0..chart.series.len()) {
                let value = i64::try_from(chart.value(index, series)).unwrap_or(i64::MAX);
                cells::write(self.sheet, self.next, column, &Cell::Integer(value), &number)?;
            }
            self.next += 1;
        }
        let drawn = picture::of(chart, first, self.next - 1);
        self.sheet.insert_chart(1, PICTURE_COLUMN, &drawn)?;
        Ok(())
    }

    /// A blank row, and a row of headings.
    fn section(&mut self, headings: &[&str]) -> Result<(), XlsxError> {
        self.next += 1;
        for (column, heading) in (0..).zip(headings) {
            let align = if column == 0 { FormatAlign::Left } else { FormatAlign::Right };
            let look = look::heading().set_align(align).set_indent(u8::from(column > 0));
            self.sheet.write_string_with_format(self.next, column, *heading, &look)?;
        }
        self.next += 1;
        Ok(())
    }

    fn pair(&mut self, label: &str, kind: Kind, value: &Cell<'_>) -> Result<(), XlsxError> {
        self.sheet.write_string(self.next, 0, label)?;
        cells::write(self.sheet, self.next, 1, value, &look::of_kind(kind))?;
        self.next += 1;
        Ok(())
    }

    fn line(&mut self, text: &str, look: &Format) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.next, 0, text, look)?;
        self.next += 1;
        Ok(())
    }
}
