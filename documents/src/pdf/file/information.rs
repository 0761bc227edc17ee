//! What the file tells of itself, as readers show under "properties".

use chrono::{Datelike, Timelike};
use pdf_writer::writers::DocumentInfo;
use pdf_writer::{Chunk, Date, Ref, TextStr};

use crate::layout::Layout;

/// Writes title, subject, origin and time as the object `id`.
pub(super) fn write(chunk: &mut Chunk, id: Ref, layout: &Layout) {
    let mut information = chunk.indirect(id).start::<DocumentInfo<'_>>();
    information
        .title(TextStr(&layout.title))
        .subject(TextStr(&layout.subtitle.join(", ")))
        .creator(TextStr("Rollcall"))
        .creation_date(moment(layout));
}

/// When the document was made, in UTC.
fn moment(layout: &Layout) -> Date {
    let at = layout.generated_at.naive_utc();
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    Date::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
}
