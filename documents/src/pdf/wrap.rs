//! Lines of a given width, broken where Unicode allows it (UAX #14), and inside a word only if it must be.

use std::ops::Range;

use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_segmentation::UnicodeSegmentation;

use super::line::Weight;
use super::typesetter::Typesetter;

/// Room for what sums of many small widths are off by, in ems.
const TOLERANCE: f32 = 0.001;

/// How wide a text is, in ems.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    /// Its longest line as it was written.
    pub(super) widest: f32,
    /// Its longest part that should not be broken.
    pub(super) longest_word: f32,
}

/// Measures `text`.
pub(super) fn measure(setter: &mut Typesetter, text: &str, weight: Weight) -> Extent {
    let mut extent = Extent::default();
    let mut line = 0.0;
    let mut start = 0;
    for (end, opportunity) in linebreaks(text) {
        let part = &text[start..end];
        let visible = visible_width(setter, part, weight);
        extent.longest_word = extent.longest_word.max(visible);
        extent.widest = extent.widest.max(line + visible);
        line += setter.width(part, weight);
        if opportunity == BreakOpportunity::Mandatory {
            line = 0.0;
        }
        start = end;
    }
    extent
}

/// Measures a heading, which is broken at white space only.
pub(super) fn measure_heading(setter: &mut Typesetter, text: &str) -> Extent {
    let widths = text.split_whitespace().map(|word| setter.width(word, Weight::Bold));
    let longest_word = widths.fold(0.0, f32::max);
    Extent { widest: setter.line(text, Weight::Bold).width, longest_word }
}

/// The lines of `text` that are at most `width` ems wide, without the white space at their ends.
pub(super) fn lines(setter: &mut Typesetter, text: &str, weight: Weight, width: f32) -> Vec<Range<usize>> {
    let mut filled = Filled { lines: Vec::new(), start: 0, width: 0.0, limit: width + TOLERANCE };
    let mut start = 0;
    for (end, opportunity) in linebreaks(text) {
        filled.take(setter, text, start..end, weight);
        if opportunity == BreakOpportunity::Mandatory {
            filled.end_line(text, end);
        }
        start = end;
    }
    filled.lines
}

/// Lines in the making.
struct Filled {
    lines: Vec<Range<usize>>,
    /// Where the current line begins.
    start: usize,
    /// How wide it is, in ems, the white space at its end included.
    width: f32,
    limit: f32,
}

impl Filled {
    /// Puts a part that should stay whole on the current line, or on the next.
    fn take(&mut self, setter: &mut Typesetter, text: &str, part: Range<usize>, weight: Weight) {
        let words = &text[part.clone()];
        let visible = visible_width(setter, words, weight);
        if self.width + visible > self.limit && self.start < part.start {
            self.end_line(text, part.start);
        }
        if visible > self.limit {
            self.take_apart(setter, text, part, weight);
        } else {
            self.width += setter.width(words, weight);
        }
    }

    /// Breaks a part that is wider than a line between any two of its characters, as readers know them.
    fn take_apart(&mut self, setter: &mut Typesetter, text: &str, part: Range<usize>, weight: Weight) {
        for (index, character) in text[part.clone()].grapheme_indices(true) {
            let width = setter.width(character, weight);
            let at = part.start + index;
            if self.width + width > self.limit && self.start < at && !character.trim().is_empty() {
                self.end_line(text, at);
            }
            self.width += width;
        }
    }

    fn end_line(&mut self, text: &str, end: usize) {
        let visible = text[self.start..end].trim_end().len();
        self.lines.push(self.start..self.start + visible);
        self.start = end;
        self.width = 0.0;
    }
}

/// The width of `part` without the white space at its end, in ems.
fn visible_width(setter: &mut Typesetter, part: &str, weight: Weight) -> f32 {
    setter.width(part.trim_end(), weight)
}
