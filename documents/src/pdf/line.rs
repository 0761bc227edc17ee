//! Shaped text: glyphs side by side, as they stand on paper.

use std::ops::Range;

use super::glyph::Glyph;

/// How strong text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Glyphs of one font that stand side by side.
#[derive(Clone)]
pub(super) struct Run {
    /// The font's number; see [`super::typesetter::Typesetter::face`].
    pub(super) face: usize,
    pub(super) glyphs: Vec<Glyph>,
    /// The part of the text that they show.
    pub(super) text: Range<usize>,
    /// In ems.
    pub(super) width: f32,
}

impl Run {
    /// Whether it is read from right to left: the letters that come first in the text stand last.
    pub(super) fn runs_backwards(&self) -> bool {
        self.glyphs.len() > 1 && self.glyphs.windows(2).all(|pair| pair[0].start >= pair[1].end)
    }
}

/// Shaped text on one line, in the order of the paper.
#[derive(Default)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    /// In ems.
    pub(super) width: f32,
}

impl Line {
    /// Puts `word` at the end; it stands at `start` in this line's text.
    pub(super) fn append(&mut self, word: &Self, start: usize) {
        for run in &word.runs {
            let from = run.text.start + start;
            let into = self.run(run.face, from);
            let shift = position(from - into.text.start);
            into.glyphs.extend(run.glyphs.iter().map(|glyph| glyph.moved(shift)));
            into.text.end = run.text.end + start;
            into.width += run.width;
        }
        self.width += word.width;
    }

    /// The run for glyphs of the font `face` that show the text from `from` on: what goes on in the same font becomes one
    /// run, which makes for less in the file.
    pub(super) fn run(&mut self, face: usize, from: usize) -> &mut Run {
        let goes_on = self.runs.last().is_some_and(|last| last.face == face && last.text.end == from);
        if !goes_on {
            self.runs.push(Run { face, glyphs: Vec::new(), text: from..from, width: 0.0 });
        }
        let last = self.runs.len() - 1;
        &mut self.runs[last]
    }
}

/// A place in a text as glyphs note it; no line has gigabytes.
pub(super) fn position(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
