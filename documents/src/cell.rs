//! One value of a table, with the text that CSV and PDF show for it.

use std::borrow::Cow;
use std::fmt::Write;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::column::Kind;

/// A value in a row. What it looks like follows from its column's [`Kind`].
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Words; never a formula, whatever they begin with.
    Text(Cow<'a, str>),
    /// A count.
    Integer(i64),
    /// A measure. In a column of [`Kind::Percent`] a share of one: 0.935 reads 93.5%.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// A time of day, to the second.
    Time(NaiveTime),
    /// A day and a time of the reader's zone, to the second.
    DateTime(NaiveDateTime),
    /// A length of time in minutes.
    Duration(i64),
}

impl Cell<'_> {
    /// Appends the text for people: `2026-11-21`, `08:59:30`, `93.5%`, `7:45` (hours and minutes).
    pub(crate) fn show(&self, kind: Kind, text: &mut String) {
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Empty => Ok(()),
            Self::Text(words) => text.write_str(words),
            Self::Integer(count) => write!(text, "{count}"),
            Self::Number(measure) => show_number(*measure, kind, text),
            Self::Date(day) => write!(text, "{day}"),
            Self::Time(time) => write!(text, "{}", whole_second(time)),
            Self::DateTime(at) => write!(text, "{}", whole_second(at)),
            Self::Duration(minutes) => show_duration(*minutes, text),
        };
    }
}

/// Without the fraction of a second, which nobody wants to read.
fn whole_second<T: Timelike + Copy>(time: &T) -> T {
    time.with_nanosecond(0).unwrap_or(*time)
}

fn show_number(measure: f64, kind: Kind, text: &mut String) -> std::fmt::Result {
    if !measure.is_finite() {
        return Ok(());
    }
    match kind {
        Kind::Decimal { places } => show_rounded(measure, places, text),
        Kind::Percent => show_rounded(measure * 100.0, 1, text).and_then(|()| text.write_char('%')),
        Kind::Text | Kind::Integer | Kind::Date | Kind::Time | Kind::DateTime | Kind::Duration => {
            write!(text, "{measure}")
        }
    }
}

/// Halves go up, as spreadsheets and PostgreSQL's `numeric` round them: by itself, 87.25 would read 87.2.
fn show_rounded(measure: f64, places: u8, text: &mut String) -> std::fmt::Result {
    let scale = 10_f64.powi(places.into());
    write!(text, "{:.*}", usize::from(places), (measure * scale).round() / scale)
}

fn show_duration(minutes: i64, text: &mut String) -> std::fmt::Result {
    let sign = if minutes < 0 { "-" } else { "" };
    let length = minutes.unsigned_abs();
    write!(text, "{sign}{}:{:02}", length / 60, length % 60)
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(words: &'a str) -> Self {
        Self::Text(Cow::Borrowed(words))
    }
}

impl From<String> for Cell<'_> {
    fn from(words: String) -> Self {
        Self::Text(Cow::Owned(words))
    }
}

/// Values that are a cell as they are.
macro_rules! cells {
    ($($value:ty => $cell:ident),*) => {
        $(impl From<$value> for Cell<'_> {
            fn from(value: $value) -> Self {
                Self::$cell(value)
            }
        })*
    };
}

cells!(i64 => Integer, f64 => Number, NaiveDate => Date, NaiveTime => Time, NaiveDateTime => DateTime);

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn shown(cell: &Cell<'_>, kind: Kind) -> String {
        let mut text = String::new();
        cell.show(kind, &mut text);
        text
    }

    #[test]
    fn values_read_the_way_people_write_them() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
        let time = NaiveTime::from_hms_opt(8, 5, 0).unwrap();
        assert_eq!(shown(&Cell::Date(day), Kind::Date), "2026-03-09");
        assert_eq!(shown(&Cell::Time(time), Kind::Time), "08:05:00");
        assert_eq!(shown(&Cell::DateTime(day.and_time(time)), Kind::DateTime), "2026-03-09 08:05:00");
        assert_eq!(shown(&Cell::Number(0.9355), Kind::Percent), "93.6%");
        assert_eq!(shown(&Cell::Number(87.25), Kind::Decimal { places: 1 }), "87.3");
        assert_eq!(shown(&Cell::Number(7.0), Kind::Decimal { places: 2 }), "7.00");
        assert_eq!(shown(&Cell::from(None::<i64>), Kind::Integer), "");
    }

    #[test]
    fn a_duration_reads_in_hours_and_minutes_beyond_a_day_and_below_zero() {
        assert_eq!(shown(&Cell::Duration(465), Kind::Duration), "7:45");
        assert_eq!(shown(&Cell::Duration(9_005), Kind::Duration), "150:05");
        assert_eq!(shown(&Cell::Duration(-5), Kind::Duration), "-0:05");
    }

    #[test]
    fn a_number_that_is_none_reads_as_nothing() {
        assert_eq!(shown(&Cell::Number(f64::NAN), Kind::Percent), "");
        assert_eq!(shown(&Cell::Number(f64::INFINITY), Kind::Decimal { places: 1 }), "");
    }
}
