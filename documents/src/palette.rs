//! The colours of documents, the same in PDF and XLSX.

use crate::summary::Tone;

/// A colour as 0xRRGGBB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u32);

/// What is to be read first.
pub(crate) const INK: Colour = Colour(0x1f_29_37);
/// What is to be read second.
pub(crate) const QUIET: Colour = Colour(0x5b_67_78);
/// Thin lines.
pub(crate) const RULE: Colour = Colour(0xd3_d9_e2);
/// Lines that end something.
pub(crate) const STRONG_RULE: Colour = Colour(0x64_74_8b);
/// Every second row.
pub(crate) const STRIPE: Colour = Colour(0xf5_f7_fa);
/// Behind headings.
pub(crate) const HEADING: Colour = Colour(0xe3_e9_f1);

/// The colour that says `tone`: apart in lightness and hue, so that they can be told apart with any kind of
/// colour vision and in grey.
pub(crate) fn of(tone: Tone) -> Colour {
    Colour(match tone {
        Tone::Good => 0x2f_7d_6b,
        Tone::Warning => 0xf2_b1_34,
        Tone::Bad => 0xc8_45_3b,
        Tone::Neutral => 0x9a_a5_b4,
    })
}
