//! The days as a native chart, which follows when somebody corrects a number in the sheet.

use rust_xlsxwriter::{Chart as Picture, ChartLegendPosition, ChartLine, ChartSolidFill, ChartType};

use super::look;
use super::summary::NAME;
use crate::palette;
use crate::summary::Chart;

const WIDTH: u32 = 860;
const HEIGHT: u32 = 380;
/// Between bars, in percent of a bar's width.
const GAP: u16 = 45;

/// Stacked columns over the rows `first..=last` of the summary sheet.
pub(super) fn of(chart: &Chart, first: u32, last: u32) -> Picture {
    let mut picture = Picture::new(ChartType::ColumnStacked);
    for (column, series) in (1..).zip(&chart.series) {
        picture
            .add_series()
            .set_name((NAME, first - 1, column))
            .set_categories((NAME, first, 0, last, 0))
            .set_values((NAME, first, column, last, column))
            .set_format(ChartSolidFill::new().set_color(look::of(palette::of(series.tone))))
            .set_gap(GAP)
            .set_overlap(100);
    }
    picture.title().set_name((NAME, first - 1, 0));
    picture.legend().set_position(ChartLegendPosition::Bottom);
    picture
        .y_axis()
        .set_num_format("0")
        .set_major_gridlines_line(ChartLine::new().set_color(look::of(palette::RULE)));
    picture.set_width(WIDTH).set_height(HEIGHT).set_alt_text(&chart.title);
    picture
}
