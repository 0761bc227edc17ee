//! What a parser of CSV reads.

use documents::{Cell, Column, Error, Format, Kind, Options, Summary, Writer, csv::neutral};
use proptest::prelude::*;

use crate::sample;

/// The fields of every line, heading included.
fn parsed(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn of_texts(rows: &[Vec<String>]) -> Vec<u8> {
    let columns = (0..3).map(|n| Column::new(format!("c{n}"), Kind::Text)).collect();
    let rows = rows.iter().map(|row| row.iter().map(|text| Cell::from(text.as_str())).collect());
    sample::written(Format::Csv, sample::layout(columns), rows, &Summary::default())
}

#[test]
fn every_kind_of_value_has_its_text_and_lines_end_with_cr_lf() {
    let rows = [sample::row("Ann \"the boss\", O'Neil").to_vec(), vec![Cell::Empty; 8]];
    let bytes = sample::written(Format::Csv, sample::layout(sample::columns()), rows, &sample::summary());
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "Name,Logs,Distance,Accuracy,Date,Check-in,Seen,Worked\r\n\
         \"Ann \"\"the boss\"\", O'Neil\",1234,0.46,93.5%,2026-03-09,08:05:30,2026-03-09 08:05:30,27:05\r\n\
         ,,,,,,,\r\n"
    );
}

#[test]
fn a_byte_order_mark_stands_in_front_only_on_request() {
    let begin = |csv_bom| {
        let options = Options { csv_bom, ..Options::default() };
        let layout = sample::layout(vec![Column::new("Name", Kind::Text)]);
        let table = Writer::begin(Format::Csv, layout, &options, Vec::new()).unwrap();
        table.finish(&Summary::default()).unwrap()
    };
    assert_eq!(begin(true), b"\xef\xbb\xbfName\r\n");
    assert_eq!(begin(false), b"Name\r\n");
}

#[test]
fn negative_numbers_are_no_formulas() {
    let columns = vec![Column::new("Change", Kind::Integer), Column::new("Note", Kind::Text)];
    let row = vec![Cell::Integer(-5), "-5".into()];
    let bytes = sample::written(Format::Csv, sample::layout(columns), [row], &Summary::default());
    assert_eq!(parsed(&bytes)[1], ["-5", "'-5"]);
}

#[test]
fn a_row_of_another_length_is_refused() {
    let layout = sample::layout(sample::columns());
    let mut table = Writer::begin(Format::Csv, layout, &Options::default(), Vec::new()).unwrap();
    assert!(matches!(table.row(&[Cell::Empty]), Err(Error::Cells { expected: 8, found: 1 })));
    assert_eq!(table.rows(), 0);
}

/// Texts that like to begin and end with what means something to a spreadsheet or a parser.
fn text() -> impl Strategy<Value = String> {
    "[=+@\\-\t\r\n ＝＋＠－'\",]{0,3}\\PC{0,12}[\",\r\n]{0,2}"
}

proptest! {
    #[test]
    fn a_parser_reads_back_what_was_written_but_for_the_apostrophe(
        rows in prop::collection::vec(prop::collection::vec(text(), 3), 0..8)
    ) {
        let read = parsed(&of_texts(&rows));
        let expected: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|text| neutral(text).into_owned()).collect()).collect();
        prop_assert_eq!(&read[1..], &expected[..]);
    }

    #[test]
    fn no_text_begins_like_a_formula(text in text()) {
        let shown = neutral(&text);
        prop_assert!(!shown.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']));
        prop_assert!(!shown.trim_start().starts_with(['=', '+', '-', '@']));
    }

    #[test]
    fn a_text_is_kept_or_gets_one_apostrophe_and_is_not_changed_again(text in "\\PC{0,12}") {
        let once = neutral(&text).into_owned();
        let marked = ["'", &text].concat();
        prop_assert!(once == text || once == marked);
        let twice = neutral(&once);
        prop_assert_eq!(twice.as_ref(), once.as_str());
    }
}
