//! Text to glyphs: which font, in which direction, and how wide.
//!
//! Printable ASCII is set letter by letter, other lines are put together from words that were shaped before. A line
//! with right-to-left text is shaped whole, because there the order of words on paper is another one than in the text.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use unicode_bidi::BidiInfo;
use unicode_script::{Script, UnicodeScript};

use super::face::Face;
use super::fonts::Fonts;
use super::glyph::Glyph;
use super::line::{Line, Run, Weight, position};
use super::pairs::{Letter, Pairs};
use super::shape::{self, Plans};

/// So many different words are kept; beyond, the store begins anew.
const WORDS: usize = 20_000;

/// Shapes text. One for each document: it remembers words.
pub(super) struct Typesetter {
    fonts: Fonts,
    faces: Vec<Arc<Face>>,
    of_script: HashMap<Script, Vec<usize>>,
    of_character: HashMap<(Weight, char), usize>,
    plans: Plans,
    pairs: [Pairs; 2],
    words: HashMap<Weight, HashMap<Box<str>, Arc<Line>>>,
}

impl Typesetter {
    pub(super) fn new(fonts: Fonts) -> Self {
        let faces = fonts.main().into_iter().flatten().collect();
        Self {
            fonts,
            faces,
            of_script: HashMap::new(),
            of_character: HashMap::new(),
            plans: Plans::default(),
            pairs: [Pairs::default(), Pairs::default()],
            words: HashMap::new(),
        }
    }

    /// The font that lines know by the number `index`.
    pub(super) fn face(&self, index: usize) -> Option<&Arc<Face>> {
        self.faces.get(index)
    }

    /// The width of a word, or of some words of which none is read from right to left, in ems.
    pub(super) fn width(&mut self, word: &str, weight: Weight) -> f32 {
        if Pairs::can_set(word) {
            return self.letters(word, weight, |_, _| ());
        }
        self.word(word, weight).width
    }

    /// A line of text without white space at its end.
    pub(super) fn line(&mut self, text: &str, weight: Weight) -> Line {
        let mut line = Line::default();
        if Pairs::can_set(text) {
            self.set(text, 0, weight, &mut line);
        } else if is_right_to_left(text) {
            line = self.shape_line(text, weight);
        } else {
            let mut start = 0;
            for word in text.split_inclusive(' ') {
                if Pairs::can_set(word) {
                    self.set(word, start, weight, &mut line);
                } else {
                    line.append(&self.word(word, weight), start);
                }
                start += word.len();
            }
        }
        line
    }

    /// A word that is shaped as a whole, and may end with white space.
    fn word(&mut self, word: &str, weight: Weight) -> Arc<Line> {
        let known = self.words.entry(weight).or_default();
        if let Some(line) = known.get(word) {
            return Arc::clone(line);
        }
        let line = Arc::new(self.shape_line(word, weight));
        let known = self.words.entry(weight).or_default();
        if known.len() >= WORDS {
            known.clear();
        }
        known.insert(word.into(), Arc::clone(&line));
        line
    }

    /// Sets printable ASCII at the end of `line`, where it stands at `start` in the text.
    fn set(&mut self, text: &str, start: usize, weight: Weight, line: &mut Line) {
        let run = line.run(main(weight), start);
        run.glyphs.reserve(text.len());
        let from = position(start - run.text.start);
        let width = self.letters(text, weight, |place, letter| {
            let start = from + position(place);
            run.glyphs.push(Glyph {
                id: letter.glyph,
                start,
                end: start + 1,
                advance: letter.advance,
                x: 0.0,
                y: 0.0,
            });
        });
        run.text.end += text.len();
        run.width += width;
        line.width += width;
    }

    /// Passes the letters of printable ASCII on, and answers their width in ems.
    fn letters(&mut self, text: &str, weight: Weight, mut pass_on: impl FnMut(usize, Letter)) -> f32 {
        let mut width = 0.0;
        let letters = text.as_bytes();
        for (place, letter) in letters.iter().enumerate() {
            let letter = self.letter(*letter, letters.get(place + 1).copied(), weight);
            width += letter.advance;
            pass_on(place, letter);
        }
        width
    }

    fn letter(&mut self, letter: u8, next: Option<u8>, weight: Weight) -> Letter {
        let pairs = &self.pairs[main(weight)];
        if let Some(known) = pairs.get(letter, next) {
            return known;
        }
        let both: String = [Some(letter), next].into_iter().flatten().map(char::from).collect();
        let shaped = self.shape_line(&both, weight);
        let glyph = shaped.runs.first().and_then(|run| run.glyphs.first());
        let found = glyph.map(|glyph| Letter { glyph: glyph.id, advance: glyph.advance }).unwrap_or_default();
        self.pairs[main(weight)].put(letter, next, found);
        found
    }

    fn shape_line(&mut self, text: &str, weight: Weight) -> Line {
        let mut line = Line::default();
        if !is_right_to_left(text) {
            self.shape_run(text, 0..text.len(), false, weight, &mut line);
            return line;
        }
        let order = BidiInfo::new(text, None);
        for paragraph in &order.paragraphs {
            let (levels, runs) = order.visual_runs(paragraph, paragraph.range.clone());
            for run in runs {
                let reversed = levels.get(run.start).is_some_and(unicode_bidi::Level::is_rtl);
                self.shape_run(text, run, reversed, weight, &mut line);
            }
        }
        line
    }

    /// Shapes a stretch of one direction.
    fn shape_run(
        &mut self,
        text: &str,
        stretch: Range<usize>,
        reversed: bool,
        weight: Weight,
        line: &mut Line,
    ) {
        let mut items = self.items(text, stretch, weight);
        if reversed {
            items.reverse();
        }
        for item in items {
            let Some(face) = self.faces.get(item.face) else { continue };
            let words = &text[item.range.clone()];
            let (glyphs, width) =
                shape::glyphs(face, item.face, words, item.script, reversed, &mut self.plans);
            line.width += width;
            line.runs.push(Run { face: item.face, glyphs, text: item.range, width });
        }
    }

    /// Cuts a stretch where font or script change. Signs that belong to no script go with what is before them.
    fn items(&mut self, text: &str, stretch: Range<usize>, weight: Weight) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        for (index, character) in text[stretch.clone()].char_indices() {
            let start = stretch.start + index;
            let range = start..start + character.len_utf8();
            let script = character.script();
            let belongs_to_none = matches!(script, Script::Common | Script::Inherited);
            let before = items.last_mut();
            if let Some(item) = before.filter(|item| belongs_to_none && self.can_show(item.face, character)) {
                item.range.end = range.end;
                continue;
            }
            let face = self.face_for(character, script, weight);
            match items.last_mut() {
                Some(item)
                    if item.face == face && (item.script == script || item.script == Script::Common) =>
                {
                    item.range.end = range.end;
                    item.script = script;
                }
                Some(_) | None => items.push(Item { face, script, range }),
            }
        }
        items
    }

    /// Whether `face` shows `character`, or need not, since it has no picture.
    fn can_show(&self, face: usize, character: char) -> bool {
        is_without_picture(character) || self.faces.get(face).is_some_and(|face| face.covers(character))
    }

    /// The font for `character`: the main one if it can, else one for its script. What nobody can show goes
    /// to the main font, whose sign for "no glyph" is a box.
    fn face_for(&mut self, character: char, script: Script, weight: Weight) -> usize {
        if let Some(face) = self.of_character.get(&(weight, character)) {
            return *face;
        }
        let main = main(weight);
        let face = if self.can_show(main, character) {
            main
        } else {
            let of_script = self.faces_of(script);
            of_script.into_iter().find(|face| self.can_show(*face, character)).unwrap_or(main)
        };
        self.of_character.insert((weight, character), face);
        face
    }

    fn faces_of(&mut self, script: Script) -> Vec<usize> {
        if let Some(faces) = self.of_script.get(&script) {
            return faces.clone();
        }
        let found = self.fonts.of_script(script);
        let faces: Vec<_> = found.into_iter().map(|face| self.number_of(face)).collect();
        self.of_script.insert(script, faces.clone());
        faces
    }

    /// The number of a font, which may serve more scripts than one.
    fn number_of(&mut self, face: Arc<Face>) -> usize {
        let known = self.faces.iter().position(|known| Arc::ptr_eq(known, &face));
        known.unwrap_or_else(|| {
            self.faces.push(face);
            self.faces.len() - 1
        })
    }
}

/// A stretch of text of one font and script.
struct Item {
    face: usize,
    script: Script,
    range: Range<usize>,
}

/// The place of the font for most text, among the faces and the pairs.
fn main(weight: Weight) -> usize {
    match weight {
        Weight::Regular => 0,
        Weight::Bold => 1,
    }
}

/// Whether some of `text` is read from right to left.
fn is_right_to_left(text: &str) -> bool {
    use unicode_bidi::BidiClass::{AL, AN, R, RLE, RLI, RLO};
    !text.is_ascii()
        && text.chars().any(|character| {
            character >= '\u{590}'
                && matches!(unicode_bidi::bidi_class(character), AL | AN | R | RLE | RLI | RLO)
        })
}

/// Joiners, variation selectors, marks of direction.
fn is_without_picture(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Line {
        Typesetter::new(Fonts::below(["/nowhere"])).line(text, Weight::Regular)
    }

    /// Where the runs begin in the text, in the order of the paper.
    fn starts(text: &str) -> Vec<usize> {
        line(text).runs.iter().map(|run| run.text.start).collect()
    }

    #[test]
    fn words_of_one_font_are_one_run_with_glyphs_for_all_of_the_text() {
        let line = line("Karl-Friedrich von Hohenstein");
        assert_eq!(line.runs.len(), 1);
        assert_eq!(line.runs[0].text, 0.."Karl-Friedrich von Hohenstein".len());
        assert!(line.runs[0].glyphs.is_sorted_by_key(|glyph| glyph.start));
    }

    #[test]
    fn right_to_left_text_runs_against_the_order_of_its_letters() {
        let line = line("דוד");
        let glyphs = &line.runs[0].glyphs;
        assert!(glyphs.is_sorted_by(|left, right| left.start > right.start));
    }

    #[test]
    fn a_second_right_to_left_script_stands_to_the_left_of_the_first() {
        assert!(starts("דוד محمد").is_sorted_by(|left, right| left > right));
    }

    #[test]
    fn a_number_after_an_arabic_name_stands_to_its_left_and_reads_from_left_to_right() {
        let text = "محمد 42";
        let line = line(text);
        let number = &line.runs[0];
        assert_eq!(&text[number.text.clone()], "42");
        assert!(number.glyphs.is_sorted_by_key(|glyph| glyph.start));
    }

    #[test]
    fn a_letter_without_a_font_is_a_box_of_the_main_font() {
        let line = line("王");
        assert_eq!(line.runs[0].glyphs[0].id, 0);
        assert!(line.width > 0.3);
    }

    proptest! {
        #[test]
        fn letters_set_one_by_one_stand_where_the_shaper_puts_them(text in "[ -~]{1,80}") {
            for weight in [Weight::Regular, Weight::Bold] {
                let mut setter = Typesetter::new(Fonts::below(["/nowhere"]));
                let places = |line: &Line| {
                    let glyphs = line.runs.iter().flat_map(|run| run.glyphs.clone());
                    glyphs.map(|glyph| (glyph.id, glyph.advance, glyph.x, glyph.y)).collect::<Vec<_>>()
                };
                let (set, shaped) = (setter.line(&text, weight), setter.shape_line(&text, weight));
                prop_assert_eq!(places(&set), places(&shaped));
            }
        }
    }
}
