//! Text that a spreadsheet would run, made harmless.

use std::borrow::Cow;

/// What begins a formula in a spreadsheet, its full-width forms included; source: OWASP, "CSV Injection".
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Characters that shift what follows them into a cell of its own in some spreadsheets.
const SHIFTS: [char; 3] = ['\t', '\r', '\n'];

/// The same text, or, where a spreadsheet would take it for a formula, the text behind an apostrophe, which
/// spreadsheets read as "this is text". White space and invisible characters before a formula do not hide it.
#[must_use]
pub fn neutral(text: &str) -> Cow<'_, str> {
    if is_dangerous(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn is_dangerous(text: &str) -> bool {
    text.starts_with(SHIFTS) || text.trim_start_matches(is_unseen).starts_with(FORMULA_STARTS)
}

fn is_unseen(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_get_an_apostrophe() {
        for formula in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\nx",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            " =1",
            "\u{feff}=1",
        ] {
            assert_eq!(neutral(formula), format!("'{formula}"));
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in ["", "Ann-Marie", "a=b", "O'Neil", "1-2", "'=1", " x", "Ольга", "—"] {
            assert!(matches!(neutral(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }
}
