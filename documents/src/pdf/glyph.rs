//! One glyph of a shaped text.

use std::ops::Range;

/// A glyph, measured in ems.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    /// The font's number of it.
    pub(super) id: u32,
    /// From where to where it stands for the text.
    pub(super) start: u32,
    pub(super) end: u32,
    /// To the place of the next one.
    pub(super) advance: f32,
    /// From its place to where it is drawn.
    pub(super) x: f32,
    pub(super) y: f32,
}

impl Glyph {
    /// The same glyph in a text in which its own begins at `start`.
    pub(super) fn moved(self, start: u32) -> Self {
        Self { start: self.start + start, end: self.end + start, ..self }
    }

    /// What it stands for in the text.
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}
