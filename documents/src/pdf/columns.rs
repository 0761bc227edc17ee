//! How wide the columns are, what size the text has, and whether the paper lies or stands.

use super::look;

/// Sizes of the table's text in points, the largest that fits is taken.
const SIZES: [f32; 4] = [8.5, 7.5, 6.75, 6.0];
/// Smaller text than this is for tables that fit in no other way.
const READABLE: f32 = 7.5;
/// A column of text is comfortable with this width in ems, though some of its values are longer.
const COMFORTABLE: f32 = 16.0;
/// A word longer than this, in ems, may be broken.
const LONG_WORD: f32 = 14.0;

/// What a column asks for, in ems.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    /// Its longest part that should not be broken.
    pub(super) longest_word: f32,
    /// Most of its texts are at most so wide.
    pub(super) usual: f32,
    /// Its longest text.
    pub(super) widest: f32,
}

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
    /// Upright if every column is comfortable there, else lying. Text becomes smaller if most rows then need one line
    /// only, and yet smaller only if words would be broken.
    pub(super) fn of(columns: &[Demand]) -> Self {
        let (short, long) = look::A4;
        let upright = short - 2.0 * look::SIDE;
        let lying = long - 2.0 * look::SIDE;
        let usual = SIZES[0];
        if needed(columns, usual, comfortable) <= upright {
            return Self { paper: (short, long), size: usual, widths: widths(columns, usual, upright) };
        }
        let handy = SIZES.into_iter().filter(|size| *size >= READABLE);
        let handy = handy.filter(|size| needed(columns, *size, handy_width) <= lying);
        let fits = SIZES.into_iter().filter(|size| needed(columns, *size, least) <= lying);
        let size = handy.chain(fits).next().unwrap_or(SIZES[SIZES.len() - 1]);
        Self { paper: (long, short), size, widths: widths(columns, size, lying) }
    }

    /// The width of the table in points.
    pub(super) fn width(&self) -> f32 {
        self.paper.0 - 2.0 * look::SIDE
    }
}

fn comfortable(column: &Demand) -> f32 {
    column.widest.min(COMFORTABLE).max(column.longest_word)
}

fn handy_width(column: &Demand) -> f32 {
    column.usual.min(COMFORTABLE).max(least(column))
}

fn least(column: &Demand) -> f32 {
    column.longest_word.min(LONG_WORD)
}

fn needed(columns: &[Demand], size: f32, measure: fn(&Demand) -> f32) -> f32 {
    columns.iter().map(|column| measure(column) * size + 2.0 * look::CELL_SIDE).sum()
}

/// Shares `room` out: each column gets what it needs least, then what most of its texts need, then what the longest
/// does; each time the modest ones first, so that a short text is not broken for the sake of a long one, nor most
/// names for the sake of a rare note. Beyond that all grow in proportion, and a table that does not fit at all is scaled.
fn widths(columns: &[Demand], size: f32, room: f32) -> Vec<f32> {
    let points = |ems: f32| ems * size + 2.0 * look::CELL_SIDE;
    let mut widths: Vec<f32> = columns.iter().map(|column| points(least(column))).collect();
    for goal in [|column: &Demand| column.usual, |column: &Demand| column.widest] {
        let wish = |(column, width): (&Demand, &f32)| (points(goal(column)) - width).max(0.0);
        let left = room - widths.iter().sum::<f32>();
        let wishes: Vec<f32> = columns.iter().zip(&widths).map(wish).collect();
        let most = most_for_each(wishes.clone(), left.max(0.0));
        for (width, wish) in widths.iter_mut().zip(wishes) {
            *width += wish.min(most);
        }
    }
    let taken: f32 = widths.iter().sum();
    widths.into_iter().map(|width| width * room / taken).collect()
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

    fn column(longest_word: f32, widest: f32) -> Demand {
        Demand { longest_word, usual: widest, widest }
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
    fn a_rare_long_text_is_broken_before_the_usual_ones() {
        let note = Demand { longest_word: 6.0, usual: 0.0, widest: 60.0 };
        let names = Demand { longest_word: 6.0, usual: 9.0, widest: 11.0 };
        let plan = Plan::of(&[names, names, names, names, names, note, column(6.0, 6.0), column(6.0, 6.0)]);
        assert!(plan.widths[0] >= 11.0 * plan.size + 2.0 * look::CELL_SIDE - 0.01);
    }

    #[test]
    fn text_becomes_somewhat_smaller_if_most_rows_then_need_one_line_only() {
        let size_for = |names: usize| Plan::of(&vec![column(4.0, 8.0); names]).size;
        assert!((size_for(9) - 8.5).abs() < 0.01);
        assert!((size_for(11) - 7.5).abs() < 0.01);
        // Not even then: so the size stays.
        assert!((size_for(13) - 8.5).abs() < 0.01);
    }

    #[test]
    fn a_table_that_cannot_fit_is_scaled_to_the_paper() {
        let plan = Plan::of(&[column(14.0, 200.0); 40]);
        assert!((plan.widths.iter().sum::<f32>() - plan.width()).abs() < 0.1);
    }
}
