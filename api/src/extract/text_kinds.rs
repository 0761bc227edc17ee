//! Kinds of text that JSON Schema has no word for. Each is a type, so that no field of its sort can forget the check; its
//! name stands as `format` in the document, and whoever breaks its rule reads the same sentence everywhere.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde_json::Value;

/// The rule of one kind.
struct Rule {
    format: &'static str,
    /// The part of the rule that JSON Schema can say.
    pattern: Option<&'static str>,
    issue: &'static str,
    holds: fn(&str) -> bool,
}

const RULES: [&Rule; 2] = [&OneLine::RULE, &CameraId::RULE];

/// What is wrong with `text` of the kind `format`; nothing, where no kind of ours has this name.
pub(super) fn problem(format: &str, text: &str) -> Option<&'static str> {
    let rule = RULES.into_iter().find(|rule| rule.format == format)?;
    (!(rule.holds)(text)).then_some(rule.issue)
}

macro_rules! text_kind {
    ($(#[$doc:meta])* $name:ident, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub String);

        impl $name {
            const RULE: Rule = $rule;
        }

        impl Type for $name {
            const IS_REQUIRED: bool = true;

            type RawValueType = String;
            type RawElementValueType = String;

            fn name() -> Cow<'static, str> {
                format!("string_{}", Self::RULE.format).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                let pattern = Self::RULE.pattern.map(str::to_owned);
                let schema = MetaSchema::new_with_format("string", Self::RULE.format);
                MetaSchemaRef::Inline(Box::new(MetaSchema { pattern, ..schema }))
            }

            fn as_raw_value(&self) -> Option<&String> {
                Some(&self.0)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a String> + 'a> {
                Box::new(std::iter::once(&self.0))
            }
        }

        impl ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value {
                    Some(Value::String(text)) if (Self::RULE.holds)(&text) => Ok(Self(text)),
                    _ => Err(ParseError::custom(Self::RULE.issue)),
                }
            }
        }

        impl ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                Some(Value::String(self.0.clone()))
            }
        }
    };
}

text_kind!(
    /// A line of text for people: names, places, labels, addresses. What would break the line, or show another text than
    /// the one that is stored, is refused.
    OneLine,
    Rule {
        format: "one-line",
        pattern: None,
        issue: "must not contain control characters or invisible formatting characters",
        holds: |text| !text.contains(is_unfit),
    }
);

text_kind!(
    /// An id for a new camera. It becomes a part of paths, so the words that stand there already are taken.
    CameraId,
    Rule {
        format: "camera-id",
        pattern: Some("^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$"),
        issue: "must be 1 to 32 letters, digits, - and _, the first a letter or digit, and none of summary, export, import",
        holds: is_camera_id,
    }
);

/// Control characters, line separators and, of Unicode's general category Cf and the default-ignorable fillers, all but
/// the joiners U+200C and U+200D, without which Persian and the scripts of India cannot be written (UAX #31, section 2.3).
fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

fn is_camera_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=32).contains(&text.len())
        && text.bytes().all(fits)
        && text.as_bytes()[0].is_ascii_alphanumeric()
        && !["summary", "export", "import"].contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_nothing_in_it_that_cannot_be_seen() {
        for text in ["Main gate", "Straße 5 – Café", "東門", "می\u{200C}خواهم", "👨\u{200D}👩", ""]
        {
            assert_eq!(problem("one-line", text), None, "{text:?}");
        }
        for text in
            ["a\nb", "a\tb", "\u{1b}[31m", "\u{85}", "a\u{202E}b", "a\u{2066}b", "\u{FEFF}a", "a\u{200B}"]
        {
            assert!(problem("one-line", text).is_some(), "{text:?}");
        }
    }

    #[test]
    fn an_id_of_a_camera_is_no_word_of_a_path() {
        for id in ["CAM-01", "a", "Summary", "summary-1", "x_1"] {
            assert_eq!(problem("camera-id", id), None, "{id}");
        }
        for id in ["", "-a", "a/b", "a.b", "ä", "summary", "export", "import", &"x".repeat(33)] {
            assert!(problem("camera-id", id).is_some(), "{id}");
        }
    }
}
