//! Printable ASCII, set letter by letter: each is as wide as the one after it leaves it (kerning), which is asked of
//! the shaper once for every two letters that meet. The built-in fonts know no rule over more letters than two, so
//! numbers, dates and identifiers, which are different in every row, need be neither shaped nor remembered as words.

/// The first of the letters, the space.
const FIRST: u8 = b' ';
/// So many letters.
const LETTERS: usize = 95;
/// A letter is followed by one of these, or by nothing.
const NEXT: usize = LETTERS + 1;

/// A letter before another one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Letter {
    /// The font's number of its glyph.
    pub(super) glyph: u32,
    /// How far behind it the next one stands, in ems.
    pub(super) advance: f32,
}

/// The letters of one font that have met so far.
pub(super) struct Pairs(Vec<Option<Letter>>);

impl Default for Pairs {
    fn default() -> Self {
        Self(vec![None; LETTERS * NEXT])
    }
}

impl Pairs {
    /// Whether all of `text` can be set this way.
    pub(super) fn can_set(text: &str) -> bool {
        text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    }

    /// `letter` before `next`; `None` where the two have not met.
    pub(super) fn get(&self, letter: u8, next: Option<u8>) -> Option<Letter> {
        self.0.get(place(letter, next)?).copied().flatten()
    }

    /// Remembers `letter` before `next`.
    pub(super) fn put(&mut self, letter: u8, next: Option<u8>, found: Letter) {
        if let Some(known) = place(letter, next).and_then(|place| self.0.get_mut(place)) {
            *known = Some(found);
        }
    }
}

fn place(letter: u8, next: Option<u8>) -> Option<usize> {
    let number = |letter: u8| letter.checked_sub(FIRST).map(usize::from);
    let column = next.map_or(Some(LETTERS), number)?;
    Some(number(letter)? * NEXT + column)
}
