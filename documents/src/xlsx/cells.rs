//! One value into one cell of a sheet.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use crate::cell::Cell;
use crate::column::Kind;

/// Excel's limit for the text of a cell.
const TEXT_LIMIT: usize = 32_767;
const MINUTES_OF_A_DAY: f64 = 1440.0;

/// Writes `cell`; one without a value stays blank.
pub(super) fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell<'_>,
    look: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(words) => sheet.write_string_with_format(row, column, within_limit(words), look)?,
        Cell::Integer(count) => number(sheet, row, column, precise(*count), look)?,
        Cell::Number(measure) => number(sheet, row, column, *measure, look)?,
        Cell::Date(day) => sheet.write_datetime_with_format(row, column, day, look)?,
        Cell::Time(time) => sheet.write_datetime_with_format(row, column, time, look)?,
        Cell::DateTime(at) => sheet.write_datetime_with_format(row, column, at, look)?,
        Cell::Duration(minutes) if *minutes < 0 => negative_duration(sheet, row, column, cell, look)?,
        Cell::Duration(minutes) => number(sheet, row, column, precise(*minutes) / MINUTES_OF_A_DAY, look)?,
    };
    Ok(())
}

fn number<'a>(
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
    value: f64,
    look: &Format,
) -> Result<&'a mut Worksheet, XlsxError> {
    // A workbook has no numbers that are none.
    if value.is_finite() { sheet.write_number_with_format(row, column, value, look) } else { Ok(sheet) }
}

/// Excel shows a length of time below zero as a row of hashes; its text can be read.
fn negative_duration<'a>(
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell<'_>,
    look: &Format,
) -> Result<&'a mut Worksheet, XlsxError> {
    let mut text = String::new();
    cell.show(Kind::Duration, &mut text);
    sheet.write_string_with_format(row, column, text, look)
}

/// A spreadsheet's numbers are floating-point ones: whole beyond every count that we have.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
fn precise(whole: i64) -> f64 {
    whole as f64
}

/// Excel counts UTF-16 units and refuses a file with a longer text.
fn within_limit(words: &str) -> String {
    if words.len() <= TEXT_LIMIT || words.encode_utf16().count() <= TEXT_LIMIT {
        return words.to_owned();
    }
    let mut room = TEXT_LIMIT - 1;
    let fits = |character: &char| {
        let fits = room.checked_sub(character.len_utf16());
        room = fits.unwrap_or(0);
        fits.is_some()
    };
    words.chars().take_while(fits).chain(['…']).collect()
}
