//! A workbook: a sheet of typed cells to filter and sort, and a sheet that sums it up.
//!
//! Rows go to a temporary file as they come; what a cell holds is a number, a date or a string to the
//! spreadsheet too, never a formula.

mod cells;
mod height;
mod look;
mod picture;
mod summary;

use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, IgnoreError, Workbook, Worksheet, XlsxError};

use crate::cell::Cell;
use crate::error::Error;
use crate::layout::Layout;
use crate::summary::Summary;
use look::Looks;

/// Excel's rows of a sheet, less the heading.
pub(crate) const ROW_LIMIT: u64 = 1_048_575;

/// The library keeps what it knows of a row with a height of its own, some 400 bytes, until the end. Text
/// beyond so many of them stays on one line.
const TALL_ROWS: u32 = 10_000;

const A4: u8 = 9;

/// A workbook in the making.
pub(crate) struct XlsxTable<W: Write + Send> {
    workbook: Workbook,
    layout: Layout,
    looks: Looks,
    /// The row that is written next; the heading is row 0.
    next: u32,
    /// How many rows are higher than one line.
    tall: u32,
    /// The height of the row before `next`, not yet set: rust_xlsxwriter 0.102 writes a last row with a height
    /// of its own twice, which Excel calls damage. So a row gets its height once there is one after it.
    height_before: Option<f64>,
    out: W,
}

impl<W: Write + Send> XlsxTable<W> {
    pub(crate) fn begin(layout: Layout, out: W) -> Result<Self, Error> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(&layout)?);
        let looks = Looks::new(&layout.columns);
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        set_up(sheet, &layout, &looks)?;
        Ok(Self { workbook, layout, looks, next: 1, tall: 0, height_before: None, out })
    }

    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        if let Some(height) = self.height_before.take() {
            sheet.set_row_height(self.next - 1, height)?;
        }
        let height = height::of_row(cells, &self.looks.rooms).filter(|_| self.tall < TALL_ROWS);
        self.tall += u32::from(height.is_some());
        self.height_before = height;
        for ((column, cell), look) in (0..).zip(cells).zip(&self.looks.columns) {
            let wrapped = height.is_some() && matches!(cell, Cell::Text(_));
            let look = if wrapped { &self.looks.wrapped } else { look };
            cells::write(sheet, self.next, column, cell, look)?;
        }
        self.next += 1;
        Ok(())
    }

    pub(crate) fn finish(mut self, summary: &Summary) -> Result<W, Error> {
        let last_row = self.next - 1;
        if let Some(last_column) = last_column(&self.layout) {
            let sheet = self.workbook.worksheet_from_index(0)?;
            sheet.autofilter(0, 0, last_row, last_column)?;
            // Personnel numbers are text with leading zeros; Excel would mark each as a mistake.
            sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
        }
        summary::write(self.workbook.add_worksheet(), &self.layout, summary)?;
        self.workbook.save_to_writer(&mut self.out)?;
        Ok(self.out)
    }
}

fn last_column(layout: &Layout) -> Option<u16> {
    u16::try_from(layout.columns.len()).ok()?.checked_sub(1)
}

fn properties(layout: &Layout) -> Result<DocProperties, XlsxError> {
    let made = ExcelDateTime::from_timestamp(layout.generated_at.timestamp())?;
    Ok(DocProperties::new()
        .set_title(&layout.title)
        .set_subject(layout.subtitle.join(", "))
        .set_author("Rollcall")
        .set_creation_datetime(&made))
}

/// Heading, widths, and how it prints.
fn set_up(sheet: &mut Worksheet, layout: &Layout, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name("Data")?.set_freeze_panes(1, 0)?;
    for ((index, column), room) in (0..).zip(&layout.columns).zip(&looks.rooms) {
        sheet.set_column_width(index, room + look::EDGES)?;
        sheet.write_string_with_format(0, index, &column.heading, &looks.heading)?;
    }
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    // An ampersand begins a code in a sheet's header.
    sheet.set_header(format!("&L&\"-,Bold\"{}", layout.title.replace('&', "&&")));
    sheet.set_footer("&RPage &P of &N");
    Ok(())
}
