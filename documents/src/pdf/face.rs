//! One font file, ready for shaping and embedding.

use std::sync::Arc;

use harfrust::{FontRef, ShaperData};
use krilla::text::Font;
use skrifa::MetadataProvider;

type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A font.
pub(super) struct Face {
    bytes: Bytes,
    /// What goes into the PDF, as the subset of glyphs that are used.
    pub(super) embedded: Font,
    /// What the shaper knows about the font beforehand.
    pub(super) shaping: ShaperData,
    /// The font's units in one em.
    pub(super) units_per_em: f32,
}

impl Face {
    /// Reads a font, of a collection the first; `None` when it is none.
    pub(super) fn read(bytes: Bytes) -> Option<Self> {
        let embedded = Font::new(Arc::clone(&bytes).into(), 0)?;
        let shaping = ShaperData::new(&FontRef::from_index((*bytes).as_ref(), 0).ok()?);
        let units_per_em = embedded.units_per_em();
        Some(Self { bytes, embedded, shaping, units_per_em })
    }

    /// The font's tables.
    pub(super) fn tables(&self) -> Option<FontRef<'_>> {
        FontRef::from_index((*self.bytes).as_ref(), 0).ok()
    }

    /// Whether it has a glyph for `character`.
    pub(super) fn covers(&self, character: char) -> bool {
        self.tables().is_some_and(|font| font.charmap().map(character).is_some())
    }
}
