//! How wide the columns are, what size the text has, and whether the paper lies or stands.

use super::look;
use super::wrap::Extent;

/// Sizes of the table's text in points, the largest that fits is taken.
const SIZES: [f32; 4] = [8.5, 7.5, 6.75, 6.0];
/// A column of text is comfortable with this width in ems, though some of its values are longer.
const COMFORTABLE: f32 = 16.0;
/// A word longer than this, in ems, may be broken.
const LONG_WORD: f32 = 14.0;

/// What was decided for a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// The paper's width and height in points.
    pub(super) paper: (f32, f32),
    /// The size of the table's text in points.
    pub(super) size: f32,
    /// The widths of the columns in points, cell margins included; together as wide as the table.
    pub(super) widths: Vec<f32>,
}

impl Plan {
    /// Upright if every column is comfortable there, else lying; smaller text if words would be broken.
    pub(super) fn of(columns: &[Extent]) -> Self {
        let (short, long) = look::A4;
        let upright = short - 2.0 * look::SIDE;
        let lying = long - 2.0 * look::SIDE;
        let usual = SIZES[0];
        if needed(columns, usual, comfortable) <= upright {
            return Self { paper: (short, long), size: usual, widths: widths(columns, usual, upright) };
        }
        let fits = |size: &f32| needed(columns, *size, least) <= lying;
        let size = SIZES.into_iter().find(fits).unwrap_or(SIZES[SIZES.len() - 1]);
        Self { paper: (long, short), size, widths: widths(columns, size, lying) }
    }

    /// The width of the table in points.
    pub(super) fn width(&self) -> f32 {
        self.paper.0 - 2.0 * look::SIDE
    }
}

fn comfortable(column: &Extent) -> f32 {
    column.widest.min(COMFORTABLE).max(column.longest_word)
}

fn least(column: &Extent) -> f32 {
    column.longest_word.min(LONG_WORD)
}

fn needed(columns: &[Extent], size: f32, measure: fn(&Extent) -> f32) -> f32 {
    columns.iter().map(|column| measure(column) * size + 2.0 * look::CELL_SIDE).sum()
}

/// Shares `room` out: each column gets what it needs least, then what is left goes to those that would like
/// more, the modest ones first, so that a short text is not broken for the sake of a long one. Beyond that
/// all grow in proportion, and a table that does not fit at all is scaled.
fn widths(columns: &[Extent], size: f32, room: f32) -> Vec<f32> {
    let points = |ems: f32| ems * size + 2.0 * look::CELL_SIDE;
    let wish = |column: &Extent| (column.widest - least(column)) * size;
    let left = room - columns.iter().map(|column| points(least(column))).sum::<f32>();
    let most = most_for_each(columns.iter().map(wish).collect(), left.max(0.0));
    let shared: Vec<f32> =
        columns.iter().map(|column| points(least(column)) + wish(column).min(most)).collect();
    let taken: f32 = shared.iter().sum();
    shared.into_iter().map(|width| width * room / taken).collect()
}

/// How much each may have at most, so that what the wishes get comes to `left`.
fn most_for_each(mut wishes: Vec<f32>, mut left: f32) -> f32 {
    wishes.sort_by(f32::total_cmp);
    let mut waiting = wishes.len();
    for wish in wishes {
        let equal = left / float(waiting);
        if wish > equal {
            return equal;
        }
        left -= wish;
        waiting -= 1;
    }
    f32::INFINITY
}

#[expect(clippy::cast_precision_loss, reason = "some dozens of columns")]
fn float(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(longest_word: f32, widest: f32) -> Extent {
        Extent { widest, longest_word }
    }

    #[test]
    fn few_columns_stand_upright_and_fill_the_paper() {
        let plan = Plan::of(&[column(5.0, 12.0), column(4.0, 4.0)]);
        assert!(plan.paper.0 < plan.paper.1);
        assert!((plan.widths.iter().sum::<f32>() - plan.width()).abs() < 0.01);
    }

    #[test]
    fn many_columns_lie() {
        let plan = Plan::of(&[column(6.0, 6.0); 11]);
        assert!(plan.paper.0 > plan.paper.1);
    }

    #[test]
    fn text_becomes_smaller_before_words_are_broken() {
        let plan = Plan::of(&[column(8.0, 8.0); 11]);
        assert!(plan.size < 8.5, "{}", plan.size);
        assert!(plan.widths.iter().all(|width| *width >= 8.0 * plan.size + 2.0 * look::CELL_SIDE - 0.01));
    }

    #[test]
    fn a_short_text_is_not_broken_for_the_sake_of_a_long_one() {
        let plan = Plan::of(&[column(5.0, 9.0), column(8.0, 400.0), column(8.0, 400.0)]);
        assert!(plan.widths[0] >= 9.0 * plan.size + 2.0 * look::CELL_SIDE - 0.01);
        assert!(plan.widths[1] > plan.widths[0]);
    }

    #[test]
    fn a_table_that_cannot_fit_is_scaled_to_the_paper() {
        let plan = Plan::of(&[column(14.0, 200.0); 40]);
        assert!((plan.widths.iter().sum::<f32>() - plan.width()).abs() < 0.1);
    }
}
