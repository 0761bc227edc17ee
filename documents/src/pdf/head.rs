//! What stands above the table on the first page: title, filters, totals and the chart.

use crate::layout::Layout;
use crate::palette;
use crate::summary::{Summary, Total};

use super::canvas::{Anchor, Style};
use super::chart;
use super::drawing::Drawing;
use super::line::Weight;
use super::look;
use super::typesetter::Typesetter;
use super::wrap;

const TITLE: Style = Style { size: 19.0, weight: Weight::Bold, colour: palette::INK };
const SUBTITLE: Style = Style { size: 10.0, weight: Weight::Regular, colour: palette::QUIET };
const LABEL: Style = Style { size: 7.5, weight: Weight::Regular, colour: palette::QUIET };
const VALUE: Style = Style { size: 9.0, weight: Weight::Regular, colour: palette::INK };
const FIGURE: Style = Style { size: 14.0, weight: Weight::Bold, colour: palette::INK };

/// Below a block.
const GAP: f32 = 12.0;
/// Between two columns of a grid.
const GUTTER: f32 = 14.0;
/// The least width of a column of a grid.
const GRID_COLUMN: f32 = 92.0;
/// Fewer stand as close together as so many.
const LEAST_ACROSS: usize = 4;
const CHART_HEIGHT: f32 = 168.0;

/// The head of a document, `width` points wide, and its height in points.
pub(super) fn compose(
    setter: &mut Typesetter,
    layout: &Layout,
    summary: &Summary,
    width: f32,
) -> (Drawing, f32) {
    let mut head = Head { setter, drawing: Drawing::default(), width, y: 0.0 };
    head.title(layout);
    head.grid(&layout.filters, VALUE);
    let totals: Vec<_> = summary.totals.iter().map(shown).collect();
    head.grid(&totals, FIGURE);
    if let Some(chart) = summary.chart.as_ref().filter(|chart| !chart.is_empty()) {
        chart::compose(head.setter, &mut head.drawing, chart, (head.y, width, CHART_HEIGHT));
        head.y += CHART_HEIGHT + GAP;
    }
    (head.drawing, head.y)
}

fn shown(total: &Total) -> (String, String) {
    let mut text = String::new();
    total.value.show(total.kind, &mut text);
    (total.label.clone(), text)
}

struct Head<'a> {
    setter: &'a mut Typesetter,
    drawing: Drawing,
    width: f32,
    /// Where the next block begins.
    y: f32,
}

impl Head<'_> {
    fn title(&mut self, layout: &Layout) {
        self.paragraph(0.0, self.width, &layout.title, TITLE);
        for line in &layout.subtitle {
            self.paragraph(0.0, self.width, line, SUBTITLE);
        }
        self.paragraph(0.0, self.width, &format!("Created {}", layout.generated()), LABEL);
        self.y += GAP;
    }

    /// Labels with their values below them, as many side by side as there is room for, over a thin rule.
    fn grid(&mut self, pairs: &[(String, String)], style: Style) {
        let across = self.columns(pairs.len());
        for row in pairs.chunks(across.max(1)) {
            self.drawing.block(0.0, self.y, self.width, 0.6, palette::RULE);
            self.y += 5.0;
            self.grid_row(row, across, style);
            self.y += GAP - 5.0;
        }
    }

    /// Rows as even as can be: six pairs stand three and three where five fit.
    fn columns(&self, pairs: usize) -> usize {
        let mut most = 1;
        while GRID_COLUMN * (count(most) + 1.0) <= self.width {
            most += 1;
        }
        pairs.div_ceil(pairs.div_ceil(most).max(1))
    }

    fn grid_row(&mut self, pairs: &[(String, String)], across: usize, style: Style) {
        let step = self.width / count(across.max(LEAST_ACROSS));
        let top = self.y;
        let mut bottom = top;
        for (column, (label, value)) in pairs.iter().enumerate() {
            self.y = top;
            let x = count(column) * step;
            self.paragraph(x, step - GUTTER, label, LABEL);
            self.paragraph(x, step - GUTTER, value, style);
            bottom = bottom.max(self.y);
        }
        self.y = bottom;
    }

    /// Text from `x` on, wrapped to `width`.
    fn paragraph(&mut self, x: f32, width: f32, text: &str, style: Style) {
        for line in wrap::lines(self.setter, text, style.weight, width / style.size) {
            let base = self.y + style.size * look::ASCENT;
            self.drawing.text(x, base, &text[line], style, Anchor::Left);
            self.y += style.size * look::LEADING;
        }
    }
}

/// A small count as a factor.
#[expect(clippy::cast_precision_loss, reason = "some dozens")]
fn count(number: usize) -> f32 {
    number as f32
}
