//! Marks that are placed before there is a page to put them on, so that their height is known beforehand.

use crate::palette::Colour;

use super::canvas::{Anchor, Canvas, Style};

/// Blocks and texts, in points from the drawing's upper left corner.
#[derive(Default)]
pub(super) struct Drawing {
    marks: Vec<Mark>,
}

enum Mark {
    Block { x: f32, y: f32, width: f32, height: f32, colour: Colour },
    Text { x: f32, y: f32, text: String, style: Style, anchor: Anchor },
}

impl Drawing {
    /// A filled rectangle.
    pub(super) fn block(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.marks.push(Mark::Block { x, y, width, height, colour });
    }

    /// A line of text with its base line at `y`.
    pub(super) fn text(&mut self, x: f32, y: f32, text: impl Into<String>, style: Style, anchor: Anchor) {
        self.marks.push(Mark::Text { x, y, text: text.into(), style, anchor });
    }

    /// Puts everything on a page, with the corner at `left` and `top`.
    pub(super) fn paint(&self, canvas: &mut Canvas<'_>, left: f32, top: f32) {
        for mark in &self.marks {
            match mark {
                Mark::Block { x, y, width, height, colour } => {
                    canvas.block(left + x, top + y, *width, *height, *colour);
                }
                Mark::Text { x, y, text, style, anchor } => {
                    canvas.text(left + x, top + y, text, *style, *anchor);
                }
            }
        }
    }
}
