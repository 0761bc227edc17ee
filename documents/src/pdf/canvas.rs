//! Drawing on one page, in points from its upper left corner.

use crate::palette::Colour;

use super::file::{Content, Subsets};
use super::line::Weight;
use super::typesetter::Typesetter;

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// In points.
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) colour: Colour,
}

/// Which side of a point a text stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The text begins there.
    Left,
    /// Half of it is on either side.
    Middle,
    /// It ends there.
    Right,
}

/// A page in the making, and what it is drawn with.
pub(super) struct Canvas<'a> {
    pub(super) content: Content,
    pub(super) setter: &'a mut Typesetter,
    /// The glyphs that were used on this page and those before it.
    pub(super) subsets: Subsets,
}

impl Canvas<'_> {
    /// A filled rectangle; nothing where it has no area.
    pub(super) fn block(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        if width > 0.0 && height > 0.0 {
            self.content.block(x, y, width, height, colour);
        }
    }

    /// One line of text with its base line at `y`.
    pub(super) fn text(&mut self, x: f32, y: f32, text: &str, style: Style, anchor: Anchor) {
        if text.is_empty() {
            return;
        }
        let line = self.setter.line(text, style.weight);
        let width = line.width * style.size;
        let mut x = match anchor {
            Anchor::Left => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::Right => x - width,
        };
        self.content.paint_with(style.colour);
        for run in &line.runs {
            let (Some(face), Some(words)) = (self.setter.face(run.face), text.get(run.text.clone())) else {
                continue;
            };
            self.content.run((x, y), run, (words, style.size), face, &mut self.subsets);
            x += run.width * style.size;
        }
    }
}
