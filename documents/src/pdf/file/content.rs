//! What is drawn on one page, in the operators of PDF. Places are measured from the upper left corner here, and from the
//! lower left one there.

use std::sync::Arc;

use super::super::face::Face;
use super::super::glyph::Glyph;
use super::super::line::Run;
use super::number;
use super::subset::{Subset, Subsets};
use crate::palette::Colour;

/// A glyph that is off its place by less than this, in ems, is not moved.
const EXACT: f32 = 0.0005;

/// A page in the making.
pub(in crate::pdf) struct Content {
    bytes: Vec<u8>,
    /// Of the paper, in points.
    height: f32,
    colour: Option<Colour>,
    font: Option<(usize, f32)>,
}

impl Content {
    pub(in crate::pdf) fn new(height: f32) -> Self {
        Self { bytes: Vec::new(), height, colour: None, font: None }
    }

    /// All of it; what follows is another page's.
    pub(super) fn take(&mut self) -> Vec<u8> {
        (self.colour, self.font) = (None, None);
        std::mem::take(&mut self.bytes)
    }

    /// A filled rectangle.
    pub(in crate::pdf) fn block(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.paint_with(colour);
        self.numbers(&[x, self.height - y - height, width, height]);
        self.bytes.extend_from_slice(b"re f\n");
    }

    /// Glyphs of one font with their base line at `y`; `text` is what they stand for.
    pub(in crate::pdf) fn run(
        &mut self,
        (x, y): (f32, f32),
        run: &Run,
        (text, size): (&str, f32),
        face: &Arc<Face>,
        subsets: &mut Subsets,
    ) {
        let subset = subsets.of(run.face, face);
        self.bytes.extend_from_slice(b"BT ");
        self.choose(run.face, size);
        self.numbers(&[x, self.height - y]);
        self.bytes.extend_from_slice(b"Td");
        let mut pen = Pen { bytes: &mut self.bytes, subset, size, off: 0.0 };
        pen.show(run, text);
        self.bytes.extend_from_slice(b"ET\n");
    }

    pub(in crate::pdf) fn paint_with(&mut self, colour: Colour) {
        if self.colour != Some(colour) {
            let [_, red, green, blue] = colour.0.to_be_bytes();
            self.numbers(&[red, green, blue].map(|part| f32::from(part) / 255.0));
            self.bytes.extend_from_slice(b"rg\n");
            self.colour = Some(colour);
        }
    }

    fn choose(&mut self, font: usize, size: f32) {
        if self.font != Some((font, size)) {
            self.bytes.extend_from_slice(b"/f");
            number::push_whole(&mut self.bytes, font as u64);
            self.bytes.push(b' ');
            self.numbers(&[size]);
            self.bytes.extend_from_slice(b"Tf ");
            self.font = Some((font, size));
        }
    }

    fn numbers(&mut self, numbers: &[f32]) {
        for number in numbers {
            number::push(&mut self.bytes, *number);
            self.bytes.push(b' ');
        }
    }
}

/// Writes glyphs.
struct Pen<'a> {
    bytes: &'a mut Vec<u8>,
    subset: &'a mut Subset,
    /// In points.
    size: f32,
    /// How far the next glyph is to the right of where its predecessor's width leaves it, in ems.
    off: f32,
}

impl Pen<'_> {
    fn show(&mut self, run: &Run, text: &str) {
        let backwards = run.runs_backwards();
        let mut rest = run.glyphs.as_slice();
        while !rest.is_empty() {
            let (length, said) = self.piece(rest, text, backwards);
            let (piece, others) = rest.split_at(length);
            if let Some(said) = said {
                self.begin_saying(said);
            }
            if backwards {
                self.bytes.extend_from_slice(b"/ReversedChars BMC");
            }
            self.show_piece(piece);
            for _ in 0..usize::from(backwards) + usize::from(said.is_some()) {
                self.bytes.extend_from_slice(b"EMC ");
            }
            rest = others;
        }
    }

    /// How many of `glyphs` are written together: as many as stand each for its own letters, or those that stand for
    /// something only together, with what that is. What runs backwards is cut behind spaces, as PDF wants it.
    fn piece<'t>(&mut self, glyphs: &[Glyph], text: &'t str, backwards: bool) -> (usize, Option<&'t str>) {
        let mut taken = 0;
        for cluster in glyphs.chunk_by(|one, other| one.range() == other.range()) {
            let letters = cluster.first().and_then(|glyph| text.get(glyph.range())).unwrap_or_default();
            let says = cluster.first().is_some_and(|glyph| self.subset.says(glyph.id, letters));
            if !says || cluster.len() > 1 {
                return if taken == 0 { (cluster.len(), Some(letters)) } else { (taken, None) };
            }
            taken += 1;
            if backwards && letters == " " {
                break;
            }
        }
        (taken, None)
    }

    /// Begins glyphs that stand for `text`, whatever the file says of each of them.
    fn begin_saying(&mut self, text: &str) {
        self.bytes.extend_from_slice(b"/Span<</ActualText<FEFF");
        for unit in text.encode_utf16() {
            for byte in unit.to_be_bytes() {
                self.bytes.extend_from_slice(format!("{byte:02X}").as_bytes());
            }
        }
        self.bytes.extend_from_slice(b">>>BDC");
    }

    fn show_piece(&mut self, glyphs: &[Glyph]) {
        for level in glyphs.chunk_by(|one, other| one.y == other.y) {
            let rise = level.first().map_or(0.0, |glyph| glyph.y);
            if rise != 0.0 {
                self.rise(rise * self.size);
            }
            self.bytes.extend_from_slice(b"[(");
            for glyph in level {
                self.glyph(glyph);
            }
            self.bytes.extend_from_slice(b")]TJ ");
            if rise != 0.0 {
                self.rise(0.0);
            }
        }
    }

    fn rise(&mut self, points: f32) {
        self.bytes.push(b' ');
        number::push(self.bytes, points);
        self.bytes.extend_from_slice(b" Ts ");
    }

    fn glyph(&mut self, glyph: &Glyph) {
        let (number, width) = self.subset.number(glyph.id);
        self.off += glyph.x;
        if self.off.abs() > EXACT {
            self.bytes.push(b')');
            number::push(self.bytes, -self.off * 1000.0);
            self.bytes.push(b'(');
            self.off = 0.0;
        }
        for byte in number.to_be_bytes() {
            if matches!(byte, b'(' | b')' | b'\\' | b'\r') {
                self.bytes.push(b'\\');
            }
            self.bytes.push(if byte == b'\r' { b'r' } else { byte });
        }
        self.off += glyph.advance - width - glyph.x;
    }
}
