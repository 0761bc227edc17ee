//! The height of rows with wrapped text: not every spreadsheet finds it by itself when it opens a file.

use crate::cell::Cell;

/// The height of a row of one line, in points.
const LINE: f64 = 15.0;
/// No row can be higher, as Excel has it.
const HIGHEST: f64 = 409.0;

/// The height of a row in points, if it needs more than one line; `rooms` are in characters.
pub(super) fn of_row(cells: &[Cell<'_>], rooms: &[f64]) -> Option<f64> {
    let lines = cells.iter().zip(rooms).map(|(cell, room)| lines(cell, *room)).fold(1.0, f64::max);
    (lines > 1.0).then(|| (lines * LINE).min(HIGHEST))
}

fn lines(cell: &Cell<'_>, width: f64) -> f64 {
    match cell {
        Cell::Text(text) => text.lines().map(|line| wrapped(line, width)).sum(),
        Cell::Empty
        | Cell::Integer(_)
        | Cell::Number(_)
        | Cell::Date(_)
        | Cell::Time(_)
        | Cell::DateTime(_)
        | Cell::Duration(_) => 1.0,
    }
}

fn wrapped(line: &str, width: f64) -> f64 {
    let length: f64 = line.chars().map(room_of).sum();
    if length <= width { 1.0 } else { (length / width).ceil() }
}

/// Signs of East Asia are as wide as two letters.
fn room_of(character: char) -> f64 {
    if matches!(character, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
    {
        2.0
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_high_as_its_longest_text_needs() {
        let cells = ["Ann".into(), "one two three four five six".into(), Cell::Integer(7)];
        assert_eq!(of_row(&cells, &[10.0, 10.0, 2.0]), Some(45.0));
        assert_eq!(of_row(&cells, &[10.0, 30.0, 2.0]), None);
    }

    #[test]
    fn east_asian_signs_and_line_ends_need_room_too() {
        assert_eq!(of_row(&["王小明王小明".into()], &[10.0]), Some(30.0));
        assert_eq!(of_row(&["a\nb\nc".into()], &[10.0]), Some(45.0));
    }
}
