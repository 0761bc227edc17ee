//! Stacked bars with a legend, a scale and a label below each bar that has room for one.

use crate::palette;
use crate::summary::Chart;

use super::canvas::{Anchor, Style};
use super::drawing::Drawing;
use super::line::Weight;
use super::typesetter::Typesetter;

const HEADLINE: Style = Style { size: 9.5, weight: Weight::Bold, colour: palette::INK };
const LABEL: Style = Style { size: 7.0, weight: Weight::Regular, colour: palette::QUIET };
const LEGEND: Style = Style { size: 8.0, weight: Weight::Regular, colour: palette::INK };

/// From the top of the chart to its highest line.
const HEADROOM: f32 = 28.0;
/// Below the foot of the bars: their labels.
const FOOT: f32 = 16.0;
/// A square of the legend.
const SQUARE: f32 = 7.0;
/// How much of its place a bar takes.
const BAR: f32 = 0.68;
/// No bar is wider than this.
const WIDEST_BAR: f32 = 34.0;
/// About so many lines stand across the bars.
const LINES: u64 = 4;

/// Draws `chart` over the whole of an area: its top, width and height.
pub(super) fn compose(
    setter: &mut Typesetter,
    drawing: &mut Drawing,
    chart: &Chart,
    (top, width, height): (f32, f32, f32),
) {
    let scale = Scale::up_to(highest(chart));
    let labels = setter.line(&scale.top.to_string(), LABEL.weight).width * LABEL.size;
    let mut picture = Picture {
        setter,
        drawing,
        chart,
        scale,
        left: labels + 6.0,
        right: width,
        high: top + HEADROOM,
        low: top + height - FOOT,
    };
    picture.drawing.text(0.0, top + HEADLINE.size, &chart.title, HEADLINE, Anchor::Left);
    picture.legend(top + HEADLINE.size);
    picture.scale();
    picture.bars();
    picture.labels();
}

struct Picture<'a> {
    setter: &'a mut Typesetter,
    drawing: &'a mut Drawing,
    chart: &'a Chart,
    scale: Scale,
    /// The corners of the field that the bars stand in.
    left: f32,
    right: f32,
    high: f32,
    low: f32,
}

impl Picture<'_> {
    /// Squares with names, flush right, in the order of the series.
    fn legend(&mut self, base: f32) {
        let mut x = self.right;
        for series in self.chart.series.iter().rev() {
            x -= self.setter.line(&series.name, LEGEND.weight).width * LEGEND.size;
            self.drawing.text(x, base, &series.name, LEGEND, Anchor::Left);
            x -= SQUARE + 4.0;
            self.drawing.block(x, base - SQUARE + 0.8, SQUARE, SQUARE, palette::of(series.tone));
            x -= 14.0;
        }
    }

    fn scale(&mut self) {
        let mut value = 0;
        while value <= self.scale.top {
            let y = self.height_of(value);
            let rule = if value == 0 { palette::STRONG_RULE } else { palette::RULE };
            self.drawing.block(self.left, y - 0.25, self.right - self.left, 0.5, rule);
            self.drawing.text(self.left - 5.0, y + 2.5, value.to_string(), LABEL, Anchor::Right);
            value += self.scale.step;
        }
    }

    fn bars(&mut self) {
        let width = (self.step() * BAR).min(WIDEST_BAR);
        for bar in 0..self.chart.bars.len() {
            let x = self.middle_of(bar) - width / 2.0;
            let mut foot = 0;
            for (index, series) in self.chart.series.iter().enumerate() {
                let head = foot + self.chart.value(bar, index);
                let (y, bottom) = (self.height_of(head), self.height_of(foot));
                if head > foot {
                    self.drawing.block(x, y, width, bottom - y, palette::of(series.tone));
                }
                foot = head;
            }
        }
    }

    /// Every label if all have room, else every second, and so on.
    fn labels(&mut self) {
        let widest = self.chart.bars.iter().map(|bar| self.setter.line(&bar.label, LABEL.weight).width);
        let widest = widest.fold(0.0, f32::max) * LABEL.size + 5.0;
        let mut every = 1;
        while self.step() * float(every) < widest && every < self.chart.bars.len() {
            every += 1;
        }
        for (index, bar) in self.chart.bars.iter().enumerate().step_by(every) {
            let x = self.middle_of(index);
            self.drawing.text(x, self.low + 10.0, &bar.label, LABEL, Anchor::Middle);
        }
    }

    /// The place of one bar, in points.
    fn step(&self) -> f32 {
        (self.right - self.left) / float(self.chart.bars.len())
    }

    fn middle_of(&self, bar: usize) -> f32 {
        self.left + self.step() * (float(bar) + 0.5)
    }

    fn height_of(&self, value: u64) -> f32 {
        self.low - (self.low - self.high) * self.scale.share(value)
    }
}

/// The numbers beside the bars.
struct Scale {
    /// From line to line.
    step: u64,
    /// The highest line.
    top: u64,
}

impl Scale {
    /// Steps of 1, 2 or 5 and zeros, so that some lines are enough.
    fn up_to(highest: u64) -> Self {
        let highest = highest.clamp(1, u64::MAX / 16);
        let mut power = 1;
        let step = loop {
            let found =
                [1, 2, 5].map(|factor| factor * power).into_iter().find(|step| step * LINES >= highest);
            match found {
                Some(step) => break step,
                None => power *= 10,
            }
        };
        Self { step, top: highest.div_ceil(step) * step }
    }

    /// `value` as a share of the highest line.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a place on paper")]
    fn share(&self, value: u64) -> f32 {
        (value as f64 / self.top as f64) as f32
    }
}

fn highest(chart: &Chart) -> u64 {
    let sums = chart.bars.iter().map(|bar| bar.values.iter().take(chart.series.len()).sum());
    sums.max().unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "some hundreds of bars")]
fn float(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_above_the_highest_bar_in_round_steps() {
        let scale = |highest| {
            let Scale { step, top } = Scale::up_to(highest);
            (step, top)
        };
        assert_eq!(scale(0), (1, 1));
        assert_eq!(scale(4), (1, 4));
        assert_eq!(scale(7), (2, 8));
        assert_eq!(scale(287), (100, 300));
        assert_eq!(scale(10_000), (5_000, 10_000));
    }
}
