//! Pieces of a provider's answer that check themselves while they are read. A wrong type or a missing field fails the
//! whole answer; a figure out of range is brought into it; a box without area cannot be shown and is `None`. An identity
//! is never cut, since a cut one could be another person's.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::ProviderError;
use crate::face::BoundingBox;

/// Longest identity, in bytes.
const MAX_IDENTITY: usize = 128;
/// Longest name, in characters.
const MAX_NAME: usize = 200;
/// The largest picture that JPEG can describe, in pixels.
const MAX_SIDE: f64 = 65_535.0;
/// Longest description of what is wrong, in characters.
const MAX_REASON: usize = 160;

/// Reads JSON.
pub(crate) fn json(body: &[u8]) -> Result<Value, ProviderError> {
    serde_json::from_slice(body).map_err(|error| bad(&error))
}

/// Makes JSON fit for storing: PostgreSQL takes no NUL characters.
pub(crate) fn storable(mut value: Value) -> Value {
    replace_nul(&mut value);
    value
}

/// Reads the kind's own structure out of JSON.
pub(crate) fn read<'a, T: Deserialize<'a>>(value: &'a Value) -> Result<T, ProviderError> {
    T::deserialize(value).map_err(|error| bad(&error))
}

fn bad(error: &serde_json::Error) -> ProviderError {
    let reason = error.to_string();
    ProviderError::BadAnswer(reason.chars().filter(|c| !c.is_control()).take(MAX_REASON).collect())
}

fn replace_nul(value: &mut Value) {
    let has_nul = |text: &str| text.contains('\0');
    match value {
        Value::String(text) if has_nul(text) => *text = text.replace('\0', "\u{FFFD}"),
        Value::Array(items) => items.iter_mut().for_each(replace_nul),
        Value::Object(fields) => {
            fields.values_mut().for_each(replace_nul);
            if fields.keys().any(|name| has_nul(name)) {
                *fields = std::mem::take(fields)
                    .into_iter()
                    .map(|(name, value)| (name.replace('\0', "\u{FFFD}"), value))
                    .collect();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An identity: text, or a whole number as some providers count people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TextOrNumber")]
pub(crate) struct Identity(pub String);

#[derive(Deserialize)]
#[serde(untagged)]
enum TextOrNumber {
    Text(String),
    Number(i64),
}

impl TryFrom<TextOrNumber> for Identity {
    type Error = &'static str;

    fn try_from(given: TextOrNumber) -> Result<Self, Self::Error> {
        match given {
            TextOrNumber::Number(number) => Ok(Self(number.to_string())),
            TextOrNumber::Text(text) if text.len() > MAX_IDENTITY => Err("an identity is too long"),
            TextOrNumber::Text(text) if text.contains(char::is_control) => {
                Err("an identity has control characters")
            }
            TextOrNumber::Text(text) => Ok(Self(text)),
        }
    }
}

/// The identity, if it is one: providers write "nobody" as nothing or as an empty text.
pub(crate) fn known(identity: Option<Identity>) -> Option<String> {
    identity.map(|identity| identity.0).filter(|id| !id.trim().is_empty())
}

/// A name: cut, and freed of control characters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Name(pub String);

impl From<String> for Name {
    fn from(text: String) -> Self {
        let clean: String = text.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
        Self(clean.trim().to_owned())
    }
}

/// A figure from 0 to 100; what lies outside is brought to the nearer end.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub(crate) struct Percent {
    /// The figure within its range.
    pub clamped: f64,
    /// The figure as it came.
    pub given: f64,
}

impl TryFrom<f64> for Percent {
    type Error = &'static str;

    fn try_from(given: f64) -> Result<Self, Self::Error> {
        if given.is_nan() {
            Err("a figure is not a number")
        } else {
            Ok(Self { clamped: given.clamp(0.0, 100.0), given })
        }
    }
}

/// A rectangle as providers write it, in pixels, fractions allowed, possibly reaching over the edge of the picture.
/// Only an object with names will do: in a list of four figures nobody knows which is which.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) struct Rectangle {
    pub top: f64,
    pub left: f64,
    pub width: f64,
    pub height: f64,
}

impl TryFrom<Map<String, Value>> for Rectangle {
    type Error = &'static str;

    fn try_from(fields: Map<String, Value>) -> Result<Self, Self::Error> {
        let figure = |name| fields.get(name).and_then(Value::as_f64).ok_or("a bounding box lacks a figure");
        Ok(Self {
            top: figure("top")?,
            left: figure("left")?,
            width: figure("width")?,
            height: figure("height")?,
        })
    }
}

impl Rectangle {
    /// The part of it that can lie in a picture; `None` when nothing of it can.
    pub fn in_picture(self) -> Option<BoundingBox> {
        let (left, width) = span(self.left, self.width)?;
        let (top, height) = span(self.top, self.height)?;
        Some(BoundingBox { top, left, width, height })
    }
}

/// Start and length of a stretch, cut to the picture's largest side.
fn span(start: f64, length: f64) -> Option<(u32, u32)> {
    let pixel = |at: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 16 bits first"
        )]
        let pixel = at.round().clamp(0.0, MAX_SIDE) as u32;
        pixel
    };
    let is_real = start.is_finite() && length.is_finite();
    let (from, to) = (pixel(start), pixel(start + length));
    (is_real && to > from).then(|| (from, to - from))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_that_postgresql_cannot_store_remains() {
        let value = storable(json(br#"{"a\u0000":["b\u0000",{"c":"\u0000"}]}"#).unwrap());
        assert!(!value.to_string().contains("\\u0000"), "{value}");
        assert!(json(br#""\ud800""#).is_err(), "a lone surrogate is no text");
    }

    #[test]
    fn deep_or_huge_or_broken_json_is_an_error() {
        for body in
            [vec![b'['; 100_000], b"1e999".to_vec(), b"{\"a\":NaN}".to_vec(), b"\xff".to_vec(), Vec::new()]
        {
            assert!(matches!(json(&body), Err(ProviderError::BadAnswer(reason)) if reason.len() < 200));
        }
    }

    #[test]
    fn a_rectangle_over_the_edge_is_cut_to_the_picture() {
        let over = Rectangle { top: -10.0, left: -4.6, width: 20.2, height: 30.0 };
        assert_eq!(over.in_picture(), Some(BoundingBox { top: 0, left: 0, width: 16, height: 20 }));
        let outside = Rectangle { top: 5.0, left: -40.0, width: 20.0, height: 30.0 };
        assert_eq!(outside.in_picture(), None);
    }

    #[test]
    fn identities_are_taken_whole_or_not_at_all() {
        let read = |text: &str| serde_json::from_str::<Identity>(text);
        assert_eq!(read("\"EMP-1\"").unwrap().0, "EMP-1");
        assert_eq!(read("42").unwrap().0, "42");
        assert!(read(&format!("{:?}", "x".repeat(129))).is_err());
        assert!(read("\"a\\nb\"").is_err() && read("1.5").is_err() && read("{}").is_err());
        assert_eq!(known(Some(Identity(" ".into()))), None);
    }

    proptest! {
        #[test]
        fn any_figures_make_a_box_in_a_picture_or_none(top in any::<f64>(), left in any::<f64>(), width in any::<f64>(), height in any::<f64>()) {
            if let Some(found) = (Rectangle { top, left, width, height }).in_picture() {
                prop_assert!(found.width >= 1 && found.height >= 1);
                prop_assert!(found.left + found.width <= 65_535 && found.top + found.height <= 65_535);
            }
        }

        #[test]
        fn any_bytes_are_json_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = json(&bytes);
        }
    }
}
