//! Shaped text: glyphs side by side, as they stand on paper.

use std::ops::Range;

use krilla::text::{Font, KrillaGlyph};

/// How strong text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Glyphs of one font that stand side by side.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) font: Font,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// The part of the text that they show.
    pub(super) text: Range<usize>,
    /// In ems.
    pub(super) width: f32,
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
        self.width += word.width;
        for run in &word.runs {
            self.append_run(run, start);
        }
    }

    /// Runs of one font become one, which makes for less in the file.
    fn append_run(&mut self, run: &Run, start: usize) {
        let from = run.text.start + start;
        match self.runs.last_mut() {
            Some(last) if last.font == run.font && last.text.end == from => {
                let shift = from - last.text.start;
                last.glyphs.extend(run.glyphs.iter().cloned().map(|mut glyph| {
                    glyph.text_range = glyph.text_range.start + shift..glyph.text_range.end + shift;
                    glyph
                }));
                last.text.end = run.text.end + start;
                last.width += run.width;
            }
            Some(_) | None => {
                self.runs.push(Run { text: from..run.text.end + start, ..run.clone() });
            }
        }
    }
}
