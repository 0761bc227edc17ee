//! Drawing on one page, in points from its upper left corner.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::paint::{Fill, Paint};
use krilla::surface::Surface;

use crate::palette::Colour;

use super::line::{Line, Weight};
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

/// A page in the making.
pub(super) struct Canvas<'a, 'p> {
    surface: Surface<'p>,
    setter: &'a mut Typesetter,
    colour: Option<Colour>,
}

impl<'a, 'p> Canvas<'a, 'p> {
    pub(super) fn new(surface: Surface<'p>, setter: &'a mut Typesetter) -> Self {
        Self { surface, setter, colour: None }
    }

    /// What shapes the text of this page.
    pub(super) fn setter(&mut self) -> &mut Typesetter {
        self.setter
    }

    /// A filled rectangle; nothing where it has no area.
    pub(super) fn block(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        let Some(rectangle) = Rect::from_xywh(x, y, width, height) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rectangle);
        let Some(path) = path.finish() else { return };
        self.paint_with(colour);
        self.surface.draw_path(&path);
    }

    /// One line of text with its base line at `y`.
    pub(super) fn text(&mut self, x: f32, y: f32, text: &str, style: Style, anchor: Anchor) {
        if text.is_empty() {
            return;
        }
        let line = self.setter.line(text, style.weight);
        let width = line.width * style.size;
        let start = match anchor {
            Anchor::Left => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::Right => x - width,
        };
        self.line(start, y, text, &line, style);
    }

    fn line(&mut self, x: f32, y: f32, text: &str, line: &Line, style: Style) {
        self.paint_with(style.colour);
        let mut x = x;
        for run in &line.runs {
            let words = &text[run.text.clone()];
            let start = Point::from_xy(x, y);
            self.surface.draw_glyphs(start, &run.glyphs, run.font.clone(), words, style.size, false);
            x += run.width * style.size;
        }
    }

    fn paint_with(&mut self, colour: Colour) {
        if self.colour != Some(colour) {
            self.surface.set_fill(Some(Fill { paint: paint(colour), ..Fill::default() }));
            self.colour = Some(colour);
        }
    }
}

fn paint(colour: Colour) -> Paint {
    let [_, red, green, blue] = colour.0.to_be_bytes();
    rgb::Color::new(red, green, blue).into()
}
