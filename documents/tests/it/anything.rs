//! Whatever people type, a document comes out.

use documents::{Cell, Column, Format, Kind, Layout, Summary, Total};
use proptest::prelude::*;

use crate::sample;

/// Letters of many scripts, marks without a letter, joiners, marks of direction, signs without a font, white space.
fn text() -> impl Strategy<Value = String> {
    let hard = "[\u{300}\u{64b}\u{94d}\u{e31}\u{200d}\u{200f}\u{202e}\u{2066}\u{2028}\u{fe0f}\u{1f468}\u{10ffff}\r\n\t \0]{0,6}";
    (hard, ".{0,30}", "[a-zא-תء-يक-ह가-힣一-龥]{0,30}", hard).prop_map(|(a, b, c, d)| [a, b, c, d].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_in_any_place_makes_a_document(texts in prop::collection::vec(text(), 6)) {
        let [heading, title, label, value, first, second] = &texts[..] else { unreachable!() };
        for format in [Format::Csv, Format::Xlsx, Format::Pdf] {
            let columns = vec![Column::new(heading.clone(), Kind::Text), Column::new("Logs", Kind::Integer)];
            let layout = Layout {
                title: title.clone(),
                filters: vec![(label.clone(), value.clone())],
                ..sample::layout(columns)
            };
            let summary = Summary {
                totals: vec![Total::new(label.clone(), Kind::Text, value.clone())],
                ..sample::summary()
            };
            let rows = [first, second].map(|text| vec![Cell::from(text.as_str()), Cell::Integer(1)]);
            prop_assert!(!sample::written(format, layout, rows, &summary).is_empty());
        }
    }
}
