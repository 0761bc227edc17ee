//! What a column is called, what its cells hold, and how wide it wants to be.

/// What the cells of a column hold: decides on format, alignment and usual width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, left-aligned and wrapped.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers with a fixed number of digits behind the point.
    Decimal {
        /// How many.
        places: u8,
    },
    /// Shares of one, shown in percent with one digit behind the point.
    Percent,
    /// Days.
    Date,
    /// Times of day.
    Time,
    /// Days with a time of day.
    DateTime,
    /// Lengths of time, shown in hours and minutes.
    Duration,
}

impl Kind {
    /// Numbers stand flush right, so that their digits stand below each other.
    pub(crate) fn is_number(self) -> bool {
        match self {
            Self::Integer | Self::Decimal { .. } | Self::Percent | Self::Duration => true,
            Self::Text | Self::Date | Self::Time | Self::DateTime => false,
        }
    }

    fn usual_chars(self) -> u16 {
        match self {
            Self::Text => 18,
            Self::Integer | Self::Percent | Self::Duration => 8,
            Self::Decimal { places } => 7 + u16::from(places),
            Self::Date => 11,
            Self::Time => 9,
            Self::DateTime => 19,
        }
    }
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub heading: String,
    /// What its cells hold.
    pub kind: Kind,
    /// About how many characters a usual value has: the width of the spreadsheet's column. In a PDF widths
    /// follow from what the cells really hold.
    pub chars: u16,
}

impl Column {
    /// A column as wide as is usual for its kind.
    #[must_use]
    pub fn new(heading: impl Into<String>, kind: Kind) -> Self {
        Self { heading: heading.into(), kind, chars: kind.usual_chars() }
    }

    /// The same column for values of about `chars` characters.
    #[must_use]
    pub fn chars(self, chars: u16) -> Self {
        Self { chars, ..self }
    }
}
