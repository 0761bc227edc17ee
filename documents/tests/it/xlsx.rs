//! What another reader of workbooks finds.

use std::io::{Cursor, Read};

use calamine::{Data, DataType, Reader, Xlsx};
use chrono::TimeDelta;
use documents::{Cell, Format, Summary};

use crate::sample;

fn workbook(rows: Vec<Vec<Cell<'_>>>) -> Vec<u8> {
    sample::written(Format::Xlsx, sample::layout(sample::columns()), rows, &sample::summary())
}

fn cell(bytes: &[u8], sheet: &str, row: u32, column: u32) -> Data {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    workbook.worksheet_range(sheet).unwrap().get_value((row, column)).cloned().unwrap_or_default()
}

/// A file inside the workbook.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn cells_are_numbers_dates_and_times_to_the_reader() {
    let bytes = workbook(vec![sample::row("Ольга").to_vec()]);
    let value = |column| cell(&bytes, "Data", 1, column);
    assert_eq!(value(0), Data::String("Ольга".to_owned()));
    assert_eq!(value(1), Data::Float(1_234.0));
    assert_eq!(value(2), Data::Float(0.456));
    assert_eq!(value(3), Data::Float(0.935));
    assert_eq!(value(4).as_date(), Some(sample::day()));
    assert_eq!(value(5).as_time(), Some(sample::time()));
    assert_eq!(value(6).as_datetime(), Some(sample::seen()));
    assert_eq!(value(7).as_duration(), Some(TimeDelta::minutes(27 * 60 + 5)));
}

#[test]
fn text_never_becomes_a_formula_or_a_link() {
    let texts = ["=1+1", "@SUM(A1)", "http://example.org", "00412"];
    let bytes = workbook(texts.iter().map(|text| sample::row(text).to_vec()).collect());
    for (row, text) in (1..).zip(texts) {
        assert_eq!(cell(&bytes, "Data", row, 0), Data::String(text.to_owned()));
    }
    assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"));
}

#[test]
fn a_long_text_is_wrapped_in_a_row_that_is_high_enough() {
    let long = "Müller-Lüdenscheidt, Karl-Friedrich Maximilian Freiherr von Hohenstein";
    let bytes = workbook([long, "Ann", long].map(|name| sample::row(name).to_vec()).to_vec());
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains(r#"<row r="2" ht="60" customHeight="1">"#), "{sheet}");
    for row in 1..=4 {
        assert_eq!(sheet.matches(&format!(r#"<row r="{row}""#)).count(), 1, "row {row} in {sheet}");
    }
    assert!(part(&bytes, "xl/styles.xml").contains(r#"wrapText="1""#));
}

#[test]
fn numbers_and_the_text_to_their_right_keep_off_each_other() {
    let styles = part(&workbook(vec![sample::row("Ann").to_vec()]), "xl/styles.xml");
    let indented = |side: &str| {
        let cells =
            styles.split("<alignment ").filter(|look| look.starts_with(&format!("horizontal=\"{side}\"")));
        cells.map(|look| look.split("/>").next().unwrap().contains(r#"indent="1""#)).collect::<Vec<_>>()
    };
    let (left, right) = (indented("left"), indented("right"));
    // All but the first heading of the summary, which has nothing to its left.
    assert_eq!(left.iter().filter(|indented| !**indented).count(), 1, "{styles}");
    assert!(left.len() > 4 && right.len() > 3 && right.iter().all(|indented| *indented), "{styles}");
}

#[test]
fn the_heading_is_frozen_and_filters_reach_over_all_rows() {
    let bytes = workbook(vec![sample::row("Ann").to_vec(), sample::row("Bob").to_vec()]);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains(r#"<autoFilter ref="A1:H3"/>"#), "{sheet}");
    assert!(sheet.contains(r#"ySplit="1""#) && sheet.contains(r#"state="frozen""#));
}

#[test]
fn the_second_sheet_says_what_it_is_about_and_draws_the_days() {
    let bytes = workbook(vec![sample::row("Ann").to_vec()]);
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    let texts: Vec<_> =
        workbook.worksheet_range("Summary").unwrap().rows().flatten().map(ToString::to_string).collect();
    for expected in
        ["Attendance & presence", "March 2026", "Department", "Sales", "Present", "0.957", "3 Mar", "30"]
    {
        assert!(texts.iter().any(|text| text == expected), "{expected} is missing in {texts:?}");
    }
    let chart = part(&bytes, "xl/charts/chart1.xml");
    assert!(chart.contains(r#"<c:grouping val="stacked"/>"#));
    assert_eq!(chart.matches("<c:ser>").count(), 3);
}

#[test]
fn a_workbook_without_rows_or_totals_opens() {
    let layout = sample::layout(sample::columns());
    let bytes = sample::written(Format::Xlsx, layout, [], &Summary::default());
    assert_eq!(cell(&bytes, "Data", 0, 0), Data::String("Name".to_owned()));
}

#[test]
fn properties_name_title_and_time() {
    let core = part(&workbook(vec![]), "docProps/core.xml");
    assert!(core.contains("<dc:title>Attendance &amp; presence</dc:title>"), "{core}");
    assert!(core.contains("2026-03-09T12:00:00Z"), "{core}");
}

#[test]
fn the_same_table_makes_the_same_bytes() {
    let write = || workbook(vec![sample::row("Ann").to_vec()]);
    assert_eq!(write(), write());
}

#[test]
fn what_a_workbook_cannot_hold_does_not_spoil_it() {
    let long = "字".repeat(40_000);
    let mut odd = sample::row(&long).to_vec();
    odd[2] = Cell::Number(f64::NAN);
    odd[7] = Cell::Duration(-5);
    let bytes = workbook(vec![odd]);
    let Data::String(kept) = cell(&bytes, "Data", 1, 0) else { panic!("no text") };
    assert_eq!(kept.chars().count(), 32_767);
    assert!(kept.ends_with('…'));
    assert_eq!(cell(&bytes, "Data", 1, 2), Data::Empty);
    assert_eq!(cell(&bytes, "Data", 1, 7), Data::String("-0:05".to_owned()));
}
