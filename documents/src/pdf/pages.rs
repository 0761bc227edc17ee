//! The pages one after the other: how much of the table each holds, and what stands around it.

use std::io::Write;

use crate::error::Error;
use crate::layout::Layout;
use crate::palette;
use crate::summary::Summary;

use super::canvas::{Anchor, Canvas, Style};
use super::columns::Plan;
use super::drawing::Drawing;
use super::file::{Content, File, Subsets};
use super::line::Weight;
use super::rows::Rows;
use super::table::{Place, Table};
use super::typesetter::Typesetter;
use super::{head, look};

const SMALL: Style = Style { size: 7.5, weight: Weight::Regular, colour: palette::QUIET };
/// The line with the title above the table, from the second page on.
const RUNNING_HEAD: f32 = 18.0;
/// From the lower edge of the paper to the base line of the page's number.
const FOOT: f32 = 22.0;

/// Writes all pages.
pub(super) fn write<W: Write>(
    out: W,
    setter: &mut Typesetter,
    layout: &Layout,
    rows: &Rows,
    summary: &Summary,
) -> Result<W, Error> {
    let plan = Plan::of(&rows.demands());
    let table = Table::new(setter, &layout.columns, rows, &plan);
    let (head, head_height) = head::compose(setter, layout, summary, plan.width());
    let book = Book { layout, plan: &plan, table, head, head_height };
    let pages = book.paginate(setter);
    let mut file = File::begin(out)?;
    let mut canvas = Canvas { content: Content::new(plan.paper.1), setter, subsets: Subsets::default() };
    for (index, page) in pages.iter().enumerate() {
        book.draw_page(&mut canvas, *page, index + 1, pages.len());
        file.page(&mut canvas.content)?;
    }
    file.finish(plan.paper, &canvas.subsets, layout)
}

struct Book<'a> {
    layout: &'a Layout,
    plan: &'a Plan,
    table: Table<'a>,
    head: Drawing,
    head_height: f32,
}

/// Of one page: where its table begins, on the paper and in the rows.
#[derive(Clone, Copy)]
struct Page {
    top: f32,
    /// `None` on a first page that the head fills.
    from: Option<Place>,
}

impl Book<'_> {
    fn paginate(&self, setter: &mut Typesetter) -> Vec<Page> {
        let top = look::TOP + self.head_height;
        let mut pages = Vec::new();
        let mut next = Some(Place::default());
        if self.floor() - top < self.table.least_room(setter) {
            pages.push(Page { top, from: None });
        } else {
            pages.push(Page { top, from: next });
            next = self.table.after(setter, Place::default(), self.room(top));
        }
        while let Some(from) = next {
            let top = look::TOP + RUNNING_HEAD;
            pages.push(Page { top, from: Some(from) });
            next = self.table.after(setter, from, self.room(top));
        }
        pages
    }

    /// Where the rows of a page end at the latest.
    fn floor(&self) -> f32 {
        self.plan.paper.1 - look::BOTTOM
    }

    /// The height for rows below the headings of a table that begins at `top`.
    fn room(&self, top: f32) -> f32 {
        self.floor() - top - self.table.head_height()
    }

    fn draw_page(&self, canvas: &mut Canvas<'_>, page: Page, number: usize, of: usize) {
        if number == 1 {
            self.head.paint(canvas, look::SIDE, look::TOP);
        } else {
            self.draw_running_head(canvas);
        }
        if let Some(from) = page.from {
            let room = self.room(page.top);
            self.table.draw(canvas, page.top, from, room);
        }
        self.draw_foot(canvas, number, of);
    }

    fn draw_running_head(&self, canvas: &mut Canvas<'_>) {
        let base = look::TOP + SMALL.size;
        canvas.text(look::SIDE, base, &self.layout.title, SMALL, Anchor::Left);
        let right = look::SIDE + self.plan.width();
        canvas.text(right, base, &self.layout.subtitle.join(", "), SMALL, Anchor::Right);
    }

    fn draw_foot(&self, canvas: &mut Canvas<'_>, number: usize, of: usize) {
        let base = self.plan.paper.1 - FOOT;
        let right = look::SIDE + self.plan.width();
        let made = format!("Created {}", self.layout.generated());
        canvas.text(look::SIDE, base, &made, SMALL, Anchor::Left);
        canvas.text(right, base, &format!("Page {number} of {of}"), SMALL, Anchor::Right);
    }
}
