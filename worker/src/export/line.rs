//! A row as `COPY` gives it, made a line of the CSV that is promised: RFC 4180 ends lines with CR LF, and a value that a
//! spreadsheet would run as a formula is neutralised by the very function that all other documents use.

use std::borrow::Cow;

use documents::csv::neutral;
use memchr::{memchr, memchr_iter};

/// Appends `row`, which ends with a line feed, to `text`.
pub(super) fn append(row: &[u8], text: &mut Vec<u8>) {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    if memchr(b'"', row).is_none() {
        append_plain(row, text);
    } else {
        append_quoted(row, text);
    }
    text.extend_from_slice(b"\r\n");
}

/// A row without quotes: every comma is between two values.
fn append_plain(row: &[u8], text: &mut Vec<u8>) {
    let mut start = 0;
    for end in memchr_iter(b',', row).chain([row.len()]) {
        append_value(&row[start..end], b"", text);
        if end < row.len() {
            text.push(b',');
        }
        start = end + 1;
    }
}

/// A row in which some values stand in quotes, and may hold commas, line ends and doubled quotes.
fn append_quoted(mut row: &[u8], text: &mut Vec<u8>) {
    loop {
        let (value, quotes, rest) = match row.strip_prefix(b"\"") {
            Some(inside) => {
                let end = closing_quote(inside);
                (&inside[..end], &b"\""[..], inside.get(end + 1..).unwrap_or_default())
            }
            None => {
                let end = memchr(b',', row).unwrap_or(row.len());
                (&row[..end], &b""[..], &row[end..])
            }
        };
        append_value(value, quotes, text);
        let Some(next) = rest.strip_prefix(b",") else { return };
        text.push(b',');
        row = next;
    }
}

/// Where a quoted value ends; two quotes in it stand for one.
fn closing_quote(inside: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr(b'"', &inside[at..]) {
        at += found;
        if inside.get(at + 1) != Some(&b'"') {
            return at;
        }
        at += 2;
    }
    inside.len()
}

fn append_value(value: &[u8], quotes: &[u8], text: &mut Vec<u8>) {
    text.extend_from_slice(quotes);
    // Nearly all values begin with a letter or a digit, and so are no formulas.
    if value.first().is_some_and(|first| !first.is_ascii_alphanumeric()) {
        match String::from_utf8_lossy(value) {
            Cow::Borrowed(words) => text.extend_from_slice(neutral(words).as_bytes()),
            // The database speaks UTF-8, so this does not happen.
            Cow::Owned(words) => text.extend_from_slice(neutral(&words).as_bytes()),
        }
    } else {
        text.extend_from_slice(value);
    }
    text.extend_from_slice(quotes);
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn line(row: &str) -> String {
        let mut text = Vec::new();
        append(row.as_bytes(), &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_row_ends_with_cr_lf_and_keeps_its_values() {
        for row in [
            "a,b,c",
            "",
            ",",
            ",,x",
            "2026-11-21,EMP-1,Ann-Marie,",
            "ä,ö",
            "\"a,b\",c",
            "\"say \"\"hi\"\"\",x",
            "\"two\nlines\",\"\"",
            "x,\"a,b\"",
        ] {
            assert_eq!(line(&format!("{row}\n")), format!("{row}\r\n"));
        }
    }

    #[test]
    fn formulas_are_neutralised_wherever_they_stand() {
        assert_eq!(line("=1+1,x,@y\n"), "'=1+1,x,'@y\r\n");
        assert_eq!(
            line("a,\"=HYPERLINK(\"\"http://x\"\",1)\",-5\n"),
            "a,\"'=HYPERLINK(\"\"http://x\"\",1)\",'-5\r\n"
        );
        assert_eq!(line("\"\n=1\", =2,＝3,\t4\n"), "\"'\n=1\",' =2,'＝3,'\t4\r\n");
        assert_eq!(line("x,\"a,=1\",\"\"\"=1\"\n"), "x,\"a,=1\",\"\"\"=1\"\r\n");
    }
}
