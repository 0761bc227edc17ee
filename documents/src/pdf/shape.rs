//! Shaping: which glyphs show a text, and where.

use std::collections::HashMap;

use harfrust::{Direction, ShapeOptions, ShapePlan, Tag, UnicodeBuffer};
use unicode_script::Script;

use super::face::Face;
use super::glyph::Glyph;
use super::line::position;

/// What is known of shaping with one font, for one script and direction.
pub(super) type Plans = HashMap<(usize, Script, bool), ShapePlan>;

/// The glyphs of `text` from left to right, and their width in ems.
pub(super) fn glyphs(
    face: &Face,
    face_id: usize,
    text: &str,
    script: Script,
    reversed: bool,
    plans: &mut Plans,
) -> (Vec<Glyph>, f32) {
    let Some(tables) = face.tables() else { return (Vec::new(), 0.0) };
    let shaper = face.shaping.shaper(&tables).build();
    let direction = if reversed { Direction::RightToLeft } else { Direction::LeftToRight };
    let tag = shaping_script(script);
    let plan = plans
        .entry((face_id, script, reversed))
        .or_insert_with(|| ShapePlan::new(&shaper, direction, tag, None, &[]));

    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.set_direction(direction);
    if let Some(tag) = tag {
        buffer.set_script(tag);
    }
    let shaped = shaper.shape(buffer, ShapeOptions::new().plan(Some(plan)));
    place(&shaped, text.len(), face.units_per_em)
}

fn shaping_script(script: Script) -> Option<harfrust::Script> {
    let name: [u8; 4] = script.short_name().as_bytes().try_into().ok()?;
    harfrust::Script::from_iso15924_tag(Tag::new(&name))
}

/// Numbers of the font's units become ems; each glyph learns which part of the text it shows.
fn place(shaped: &harfrust::GlyphBuffer, length: usize, units: f32) -> (Vec<Glyph>, f32) {
    let mut starts: Vec<u32> = shaped.glyph_infos().iter().map(|info| info.cluster).collect();
    starts.sort_unstable();
    let mut width = 0.0;
    let glyphs = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .map(|(info, at)| {
            let next = starts.partition_point(|other| *other <= info.cluster);
            let end = starts.get(next).copied().unwrap_or_else(|| position(length));
            let ems = |units_of_font: i32| exact(units_of_font) / units;
            let advance = ems(at.x_advance);
            width += advance;
            let (x, y) = (ems(at.x_offset), ems(at.y_offset));
            Glyph { id: info.glyph_id, start: info.cluster, end, advance, x, y }
        })
        .collect();
    (glyphs, width)
}

/// Positions are some thousands of units at most.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^24")]
fn exact(units: i32) -> f32 {
    units as f32
}
