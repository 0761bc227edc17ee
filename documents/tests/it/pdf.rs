//! What poppler's `pdftotext` and `pdffonts` read from a PDF.

use std::io::Write;
use std::process::{Command, Stdio};

use documents::{Cell, Column, Error, Fonts, Format, Kind, Layout, Options, Summary, Writer};

use crate::sample;

/// Runs a program of poppler on `pdf`, read from its standard input. It must find no fault with it.
fn poppler(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}, of the package poppler-utils: {error}"));
    let mut input = child.stdin.take().unwrap();
    let pdf = pdf.to_vec();
    let feeding = std::thread::spawn(move || input.write_all(&pdf));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
    String::from_utf8(output.stdout).unwrap()
}

fn text_of(pdf: &[u8]) -> String {
    poppler("pdftotext", &["-layout", "-", "-"], pdf)
}

fn names(names: &[&str]) -> Vec<u8> {
    let columns = vec![Column::new("Name", Kind::Text), Column::new("Logs", Kind::Integer)];
    let rows = names.iter().map(|name| vec![Cell::from(*name), Cell::Integer(7)]);
    sample::written(Format::Pdf, sample::layout(columns), rows, &sample::summary())
}

/// Without marks of direction, which text extraction puts around right-to-left words.
fn without_marks(text: &str) -> String {
    text.chars()
        .filter(|character| !matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'))
        .collect()
}

#[test]
fn names_of_every_built_in_script_can_be_copied_out() {
    let people = [
        "Müller-Lüdenscheidt",
        "Nguyễn Thị Minh Khai",
        "Ольга Кузнецова",
        "Ελένη Παπαδοπούλου",
        "محمد عبد الرحمن",
        "דוד בן־גוריון",
        "सुनीता शर्मा",
        "สมชาย ใจดี",
    ];
    let text = without_marks(&text_of(&names(&people)));
    for name in people {
        assert!(text.contains(name), "{name} is missing in {text}");
    }
}

#[test]
fn titles_are_bold_where_there_is_a_bold_font_and_can_be_read_in_every_other_script() {
    let titles = ["Отделы", "حضور", "מחלקות", "विभाग", "แผนก", "部署"];
    let columns = vec![Column::new("Name", Kind::Text)];
    let layout = Layout { title: titles.join(", "), ..sample::layout(columns) };
    let pdf = sample::written(Format::Pdf, layout, [], &Summary::default());
    let (text, fonts) = (without_marks(&text_of(&pdf)), poppler("pdffonts", &["-"], &pdf));
    for title in titles {
        assert!(text.contains(title), "{title} is missing in {text}");
    }
    for font in ["NotoSans-Bold", "NotoSansArabic", "NotoSansHebrew", "NotoSansDevanagari", "NotoSansThai"] {
        assert!(fonts.contains(font), "{font} is missing in {fonts}");
    }
}

#[test]
fn chinese_japanese_and_korean_names_can_be_copied_out_with_a_font_of_the_machine() {
    let people = ["王小明", "佐藤 さくら", "김민준"];
    let text = text_of(&names(&people));
    for name in people {
        assert!(text.contains(name), "{name} is missing in {text}");
    }
}

#[test]
fn only_the_glyphs_that_are_used_are_embedded() {
    let pdf = names(&["Ann", "محمد"]);
    let fonts = poppler("pdffonts", &["-"], &pdf);
    let listed: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(listed.len(), 3, "{fonts}");
    for font in listed {
        assert!(font.contains('+') && font.contains("yes yes yes"), "embedded, subset, with text: {font}");
    }
    assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
}

#[test]
fn a_script_without_a_font_makes_a_readable_document_all_the_same() {
    let options = Options { fonts: Fonts::below(["/nowhere"]), ..Options::default() };
    let layout = sample::layout(vec![Column::new("Name", Kind::Text)]);
    let mut table = Writer::begin(Format::Pdf, layout, &options, Vec::new()).unwrap();
    table.row(&["王小明 (Wang)".into()]).unwrap();
    let pdf = table.finish(&Summary::default()).unwrap();
    assert!(text_of(&pdf).contains("(Wang)"));
}

#[test]
fn title_filters_totals_chart_and_time_stand_on_the_first_page() {
    let text = text_of(&names(&["Ann"]));
    for expected in [
        "Attendance & presence",
        "March 2026",
        "Created 9 March 2026, 13:00 (Europe/Berlin)",
        "Department",
        "Sales",
        "95.7%",
        "People per day",
        "Late",
        "2 Mar",
        "Page 1 of 1",
    ] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
}

#[test]
fn every_page_repeats_the_headings_and_says_which_of_how_many_it_is() {
    let people: Vec<String> = (0..150).map(|n| format!("Person {n}")).collect();
    let text = text_of(&names(&people.iter().map(String::as_str).collect::<Vec<_>>()));
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert!(pages.len() > 3);
    for (number, page) in (1..).zip(&pages) {
        assert!(page.contains("Name") && page.contains("Logs"), "{page}");
        assert!(page.contains(&format!("Page {number} of {}", pages.len())), "{page}");
    }
    for name in &people {
        let shown = pages.iter().flat_map(|page| page.lines()).filter(|line| {
            line.split_once("   ").is_some_and(|(first, _)| first.trim() == name)
                || line.trim().split("  ").next() == Some(name)
        });
        assert_eq!(shown.count(), 1, "{name}");
    }
}

#[test]
fn long_names_are_wrapped_and_never_cut_off() {
    let words: Vec<String> = (0..60).map(|n| format!("word{n:02}")).collect();
    let (long, unbroken) = (words.join(" "), "x".repeat(400));
    let text = text_of(&names(&[&long, &unbroken]));
    for word in &words {
        assert!(text.contains(word.as_str()), "{word}");
    }
    assert_eq!(text.matches('x').count(), 400);
}

#[test]
fn a_text_longer_than_a_page_goes_on_on_the_next() {
    let words: Vec<String> = (0..4_000).map(|n| format!("w{n:04}")).collect();
    let text = text_of(&names(&["Ann", &words.join(" "), "Bob"]));
    assert!(text.matches('\u{c}').count() > 1);
    for word in &words {
        assert!(text.contains(word.as_str()), "{word}");
    }
    assert!(text.contains("Bob"));
}

#[test]
fn many_columns_lie_across_the_paper() {
    let size = |pdf: &[u8]| poppler("pdfinfo", &["-"], pdf);
    let wide = (0..14).map(|n| Column::new(format!("Heading {n}"), Kind::DateTime)).collect();
    let row = vec![Cell::DateTime(sample::seen()); 14];
    let lying = sample::written(Format::Pdf, sample::layout(wide), [row], &Summary::default());
    assert!(size(&lying).contains("841.89 x 595.28"));
    assert!(size(&names(&["Ann"])).contains("595.28 x 841.89"));
}

#[test]
fn the_same_table_makes_the_same_bytes() {
    assert_eq!(names(&["Ann", "王小明", "محمد"]), names(&["Ann", "王小明", "محمد"]));
}

#[test]
fn a_table_without_rows_is_a_page_with_headings() {
    let text = text_of(&names(&[]));
    assert!(text.contains("Name") && text.contains("Page 1 of 1"));
}

#[test]
fn too_many_rows_are_refused_with_advice() {
    let layout = sample::layout(vec![Column::new("Logs", Kind::Integer)]);
    let mut table = Writer::begin(Format::Pdf, layout, &Options::default(), Vec::new()).unwrap();
    let limit = Format::Pdf.row_limit().unwrap();
    assert!(Format::Pdf.must_hold(limit).is_ok() && Format::Csv.must_hold(u64::MAX).is_ok());
    assert!(matches!(Format::Pdf.must_hold(limit + 1), Err(Error::TooManyRows { .. })));
    for _ in 0..limit {
        table.row(&[Cell::Integer(1)]).unwrap();
    }
    let error = table.row(&[Cell::Integer(1)]).unwrap_err();
    assert!(matches!(error, Error::TooManyRows { .. }));
    assert_eq!(
        error.to_string(),
        "PDF holds at most 50000 rows: narrow the dates or filters, or choose XLSX or CSV"
    );
}
