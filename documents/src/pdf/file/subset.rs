//! The glyphs of a font that a document uses. Each gets a number of its own, as the file knows it, and tells which
//! letters it stands for, so that text can be searched and copied out.

use std::sync::Arc;

use subsetter::GlyphRemapper;

use super::super::face::Face;

/// The fonts of a document, by the numbers that lines know them by.
#[derive(Default)]
pub(in crate::pdf) struct Subsets(Vec<Option<Subset>>);

impl Subsets {
    /// The glyphs of `face`, whose number is `index`.
    pub(super) fn of(&mut self, index: usize, face: &Arc<Face>) -> &mut Subset {
        if self.0.len() <= index {
            self.0.resize_with(index + 1, || None);
        }
        self.0[index].get_or_insert_with(|| Subset::new(Arc::clone(face)))
    }

    /// Those that are used, with their numbers.
    pub(super) fn used(&self) -> impl Iterator<Item = (usize, &Subset)> {
        self.0.iter().enumerate().filter_map(|(index, subset)| Some((index, subset.as_ref()?)))
    }
}

/// Glyphs of one font.
pub(in crate::pdf) struct Subset {
    pub(super) face: Arc<Face>,
    pub(super) glyphs: GlyphRemapper,
    /// By the number in the file.
    pub(super) signs: Vec<Sign>,
    /// The number in the file, by that of the font: what the remapper knows, without a search. 0 is unknown.
    numbers: Vec<u16>,
}

/// A glyph of the file.
pub(super) struct Sign {
    /// In ems, as the font has it.
    pub(super) width: f32,
    /// What it stands for; nothing where only glyphs together stand for something.
    pub(super) text: Option<Box<str>>,
}

impl Subset {
    fn new(face: Arc<Face>) -> Self {
        // The first glyph of every font is the sign for "no glyph". It stands for whatever cannot be shown.
        let sign = Sign { width: face.width(0), text: None };
        Self { face, glyphs: GlyphRemapper::new(), signs: vec![sign], numbers: Vec::new() }
    }

    /// The number of a glyph in the file, and its width in ems.
    pub(super) fn number(&mut self, glyph: u32) -> (u16, f32) {
        let index = usize::try_from(glyph).unwrap_or_default();
        let number = match self.numbers.get(index) {
            Some(number) if *number > 0 || glyph == 0 => *number,
            Some(_) | None => self.add(glyph, index),
        };
        (number, self.signs.get(usize::from(number)).map_or(0.0, |sign| sign.width))
    }

    fn add(&mut self, glyph: u32, index: usize) -> u16 {
        let number = u16::try_from(glyph).map_or(0, |glyph| self.glyphs.remap(glyph));
        if self.numbers.len() <= index {
            self.numbers.resize(index + 1, 0);
        }
        self.numbers[index] = number;
        if usize::from(number) == self.signs.len() {
            self.signs.push(Sign { width: self.face.width(glyph), text: None });
        }
        number
    }

    /// Whether a glyph stands for `text` and nothing else; the first text that is asked for, it does.
    pub(super) fn says(&mut self, glyph: u32, text: &str) -> bool {
        let (number, _) = self.number(glyph);
        let Some(sign) = self.signs.get_mut(usize::from(number)).filter(|_| number > 0) else { return false };
        match &sign.text {
            Some(said) => **said == *text,
            None => {
                sign.text = Some(text.into());
                true
            }
        }
    }
}
