//! What a document says after its last row: totals, and a chart of the days.

use crate::cell::Cell;
use crate::column::Kind;

/// Totals and chart. CSV leaves them out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// What the rows come to.
    pub totals: Vec<Total>,
    /// The days as a picture.
    pub chart: Option<Chart>,
}

/// One figure about all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    /// What is counted.
    pub label: String,
    /// How the value is shown.
    pub kind: Kind,
    /// The figure.
    pub value: Cell<'static>,
}

impl Total {
    /// A figure with its label.
    #[must_use]
    pub fn new(label: impl Into<String>, kind: Kind, value: impl Into<Cell<'static>>) -> Self {
        Self { label: label.into(), kind, value: value.into() }
    }
}

/// Stacked bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What it shows, with the unit: `People per day`.
    pub title: String,
    /// What the parts of a bar stand for, from the foot upwards; the legend.
    pub series: Vec<Series>,
    /// The bars, from left to right.
    pub bars: Vec<Bar>,
}

/// What one part of every bar stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Its colour, by meaning.
    pub tone: Tone,
}

/// What a colour says. The four differ in lightness too, for those who do not tell red from green, and for
/// paper without colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Worth a look.
    Warning,
    /// Missing or wrong.
    Bad,
    /// Neither.
    Neutral,
}

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What stands below it, short: `3 Nov`.
    pub label: String,
    /// The height of each part, in the order of the series; missing ones are zero.
    pub values: Vec<u64>,
}

/// How many people were present, late and missed on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day, short: `3 Nov`.
    pub label: String,
    /// In time.
    pub present: u64,
    /// Late.
    pub late: u64,
    /// Not seen.
    pub missed: u64,
}

impl Chart {
    /// Present, late and missed for each day.
    #[must_use]
    pub fn of_days(title: impl Into<String>, days: impl IntoIterator<Item = Day>) -> Self {
        let series = [("Present", Tone::Good), ("Late", Tone::Warning), ("Missed", Tone::Bad)];
        Self {
            title: title.into(),
            series: series.map(|(name, tone)| Series { name: name.to_owned(), tone }).to_vec(),
            bars: days.into_iter().map(Day::into_bar).collect(),
        }
    }

    /// The height of a part; zero where the bar has none.
    pub(crate) fn value(&self, bar: usize, series: usize) -> u64 {
        self.bars.get(bar).and_then(|bar| bar.values.get(series)).copied().unwrap_or(0)
    }

    /// Whether there is anything to draw.
    pub(crate) fn is_empty(&self) -> bool {
        self.bars.is_empty() || self.series.is_empty()
    }
}

impl Day {
    fn into_bar(self) -> Bar {
        Bar { label: self.label, values: vec![self.present, self.late, self.missed] }
    }
}
