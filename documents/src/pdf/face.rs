//! One font file, ready for shaping and embedding.

use std::sync::Arc;

use harfrust::{FontRef, ShaperData};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::{GlyphId, MetadataProvider};

type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A font.
pub(super) struct Face {
    bytes: Bytes,
    /// What the shaper knows about the font beforehand.
    pub(super) shaping: ShaperData,
    /// The font's units in one em.
    pub(super) units_per_em: f32,
}

impl Face {
    /// Reads a font, of a collection the first; `None` when it is none, or one of pictures without outlines.
    pub(super) fn read(bytes: Bytes) -> Option<Self> {
        let font = FontRef::from_index((*bytes).as_ref(), 0).ok()?;
        let shaping = ShaperData::new(&font);
        let units_per_em = f32::from(font.head().ok()?.units_per_em());
        let has_outlines = font.glyf().is_ok() || font.cff().is_ok();
        (has_outlines && units_per_em > 0.0).then_some(Self { bytes, shaping, units_per_em })
    }

    /// The font's file.
    pub(super) fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    /// The font's tables.
    pub(super) fn tables(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(self.bytes(), 0).ok()
    }

    /// Whether it has a glyph for `character`.
    pub(super) fn covers(&self, character: char) -> bool {
        self.tables().is_some_and(|font| font.charmap().map(character).is_some())
    }

    /// The width of a glyph in ems.
    pub(super) fn width(&self, glyph: u32) -> f32 {
        let metrics = self.tables().map(|font| font.glyph_metrics(Size::unscaled(), LocationRef::default()));
        let width = metrics.and_then(|metrics| metrics.advance_width(GlyphId::new(glyph)));
        width.unwrap_or_default() / self.units_per_em
    }
}
