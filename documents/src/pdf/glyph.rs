//! One glyph of a shaped text, in less than half the memory of krilla's own.

use std::ops::Range;

use krilla::surface::Location;
use krilla::text::{Glyph as Drawn, GlyphId};

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
}

impl Drawn for Glyph {
    fn glyph_id(&self) -> GlyphId {
        GlyphId::new(self.id)
    }

    fn text_range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    fn x_advance(&self, size: f32) -> f32 {
        self.advance * size
    }

    fn x_offset(&self, size: f32) -> f32 {
        self.x * size
    }

    fn y_offset(&self, size: f32) -> f32 {
        self.y * size
    }

    fn y_advance(&self, _size: f32) -> f32 {
        0.0
    }

    fn location(&self) -> Option<Location> {
        None
    }
}
