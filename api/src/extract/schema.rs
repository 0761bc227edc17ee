//! Checks a JSON value against its OpenAPI schema and lists everything that is wrong, with the path of each field.
//! Only for values that were refused already: whether a value is accepted is decided by the types, never here.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use serde_json::{Map, Value};

use super::{
    text_kinds,
    wording::{format_issue, one_of, type_issue},
};
use crate::{clock, error::FieldIssue};

/// More than this help nobody.
const MAX_ISSUES: usize = 50;

/// Everything in which `value` differs from `schema`. Schemas do not tell which objects take no fields but their own: `unknown` is
/// the name of the field that was refused for it, if that is why.
pub(super) fn check(
    registry: &Registry,
    schema: &MetaSchemaRef,
    value: &Value,
    unknown: Option<&str>,
) -> Vec<FieldIssue> {
    let mut walk = Walk { registry, unknown, issues: Vec::new() };
    walk.value(schema, value, "");
    walk.issues.truncate(MAX_ISSUES);
    walk.issues
}

/// Fields whose text contains a NUL, which PostgreSQL cannot store.
pub(super) fn fields_with_nul(value: &Value) -> Vec<FieldIssue> {
    let mut issues = Vec::new();
    find_nul(value, "", &mut issues);
    issues
}

fn find_nul(value: &Value, path: &str, issues: &mut Vec<FieldIssue>) {
    match value {
        Value::String(text) if text.contains('\0') => {
            issues.push(issue(path, "must not contain NUL characters"));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| find_nul(item, &format!("{path}[{i}]"), issues));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, field)| match name.contains('\0') {
            true => issues.push(issue(path, "field names must not contain NUL characters")),
            false => find_nul(field, &join(path, name), issues),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn counted(number: Option<usize>, one: &str, many: &str) -> String {
    match number.unwrap_or_default() {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

struct Walk<'a> {
    registry: &'a Registry,
    unknown: Option<&'a str>,
    issues: Vec<FieldIssue>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, schema: &MetaSchemaRef, value: &Value, path: &str) {
        let Some(schema) = self.resolve(schema) else { return };
        if !schema.all_of.is_empty() {
            // A described field of a named type: the type, and the description beside it.
            return schema.all_of.iter().for_each(|part| self.value(part, value, path));
        }
        match (schema.ty, value) {
            ("object", Value::Object(fields)) => self.object(&schema, fields, path),
            ("array", Value::Array(items)) => self.array(&schema, items, path),
            ("string", Value::String(text)) => self.text(&schema, text, path),
            ("integer", Value::Number(n)) if n.is_i64() || n.is_u64() => {
                self.number(&schema, n.as_f64(), path);
            }
            ("number", Value::Number(n)) => self.number(&schema, n.as_f64(), path),
            ("boolean", Value::Bool(_)) | ("", _) => {}
            (_, Value::Null) if schema.nullable => {}
            (expected, _) => self.report(path, type_issue(expected)),
        }
    }

    fn resolve(&self, schema: &MetaSchemaRef) -> Option<MetaSchema> {
        match schema {
            MetaSchemaRef::Inline(inline) => Some((**inline).clone()),
            MetaSchemaRef::Reference(name) => self.registry.schemas.get(name).cloned(),
        }
    }

    fn object(&mut self, schema: &MetaSchema, fields: &Map<String, Value>, path: &str) {
        for name in &schema.required {
            if fields.get(*name).is_none_or(Value::is_null) {
                self.report(&join(path, name), "is required");
            }
        }
        let knows = |name: &str| schema.properties.iter().any(|(known, _)| *known == name);
        if let Some(name) = self.unknown.filter(|name| fields.contains_key(*name) && !knows(name)) {
            self.report(&join(path, name), "is not known");
        }
        for (name, property) in &schema.properties {
            // An absent and a null field mean the same; required ones are reported above.
            if let Some(value) = fields.get(*name).filter(|v| !v.is_null()) {
                self.value(property, value, &join(path, name));
            }
        }
    }

    fn array(&mut self, schema: &MetaSchema, items: &[Value], path: &str) {
        if schema.max_items.is_some_and(|max| items.len() > max) {
            self.report(path, format!("must have at most {}", counted(schema.max_items, "entry", "entries")));
        }
        if schema.min_items.is_some_and(|min| items.len() < min) {
            self.report(
                path,
                format!("must have at least {}", counted(schema.min_items, "entry", "entries")),
            );
        }
        let Some(of) = &schema.items else { return };
        for (i, item) in items.iter().enumerate().take(MAX_ISSUES) {
            self.value(of, item, &format!("{path}[{i}]"));
        }
    }

    fn text(&mut self, schema: &MetaSchema, text: &str, path: &str) {
        let length = text.chars().count();
        if schema.min_length.is_some_and(|min| length < min) {
            self.report(
                path,
                format!("must have at least {}", counted(schema.min_length, "character", "characters")),
            );
        }
        if schema.max_length.is_some_and(|max| length > max) {
            self.report(
                path,
                format!("must have at most {}", counted(schema.max_length, "character", "characters")),
            );
        }
        if !schema.enum_items.is_empty() && !schema.enum_items.iter().any(|item| item == text) {
            let allowed: Vec<_> = schema.enum_items.iter().filter_map(Value::as_str).collect();
            self.report(path, one_of(&allowed));
        }
        if let Some(problem) = format_problem(schema.format, text) {
            self.report(path, problem);
        }
    }

    fn number(&mut self, schema: &MetaSchema, number: Option<f64>, path: &str) {
        let Some(number) = number else { return };
        let (min, max) = range(schema);
        if let Some(min) = min.filter(|min| number < *min) {
            self.report(path, format!("must be at least {min}"));
        }
        if let Some(max) = max.filter(|max| number > *max) {
            self.report(path, format!("must be at most {max}"));
        }
    }

    fn report(&mut self, path: &str, text: impl Into<String>) {
        self.issues.push(issue(path, text));
    }
}

fn format_problem(format: Option<&str>, text: &str) -> Option<&'static str> {
    let format = format?;
    let is_wrong = match format {
        "uuid" => text.parse::<uuid::Uuid>().is_err(),
        "date" | "naive-date" => text.parse::<chrono::NaiveDate>().is_err(),
        "naive-time" => text.parse::<chrono::NaiveTime>().is_err(),
        "date-time" => clock::instant(text).is_none(),
        _ => return text_kinds::problem(format, text),
    };
    is_wrong.then(|| format_issue(format)).flatten()
}

/// Whole numbers of a format have that format's range where the field has none of its own.
fn range(schema: &MetaSchema) -> (Option<f64>, Option<f64>) {
    let (min, max) = match schema.format {
        Some("int32") => (Some(i32::MIN.into()), Some(i32::MAX.into())),
        Some("uint8") => (Some(0.0), Some(u8::MAX.into())),
        Some("uint16") => (Some(0.0), Some(u16::MAX.into())),
        Some("uint32") => (Some(0.0), Some(u32::MAX.into())),
        Some("uint64") => (Some(0.0), None),
        _ => (None, None),
    };
    (schema.minimum.or(min), schema.maximum.or(max))
}

fn issue(path: &str, text: impl Into<String>) -> FieldIssue {
    FieldIssue::new(if path.is_empty() { "body" } else { path }, text)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use poem_openapi::{
        Enum, Object,
        types::{ParseFromJSON as _, Type as _},
    };
    use serde_json::json;

    use super::*;

    #[derive(Debug, Enum)]
    #[oai(rename_all = "lowercase")]
    enum Colour {
        Red,
        Green,
    }

    #[derive(Debug, Object)]
    struct Wheel {
        /// Described here, defined there.
        colour: Colour,
        #[oai(validator(minimum(value = "1"), maximum(value = "9")))]
        size: u32,
    }

    #[derive(Debug, Object)]
    struct Car {
        #[oai(validator(max_length = 3))]
        name: String,
        wheels: Vec<Wheel>,
    }

    fn issues(value: &Value) -> Vec<(String, String)> {
        assert!(
            Car::parse_from_json(Some(value.clone())).is_err(),
            "only refused values are checked: {value}"
        );
        let mut registry = Registry::new();
        Car::register(&mut registry);
        let found = check(&registry, &Car::schema_ref(), value, None);
        found.into_iter().map(|found| (found.field, found.issue)).collect()
    }

    fn expected<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
        pairs.map(|(field, issue)| (field.to_owned(), issue.to_owned())).to_vec()
    }

    #[test]
    fn everything_that_is_wrong_is_listed_with_its_path() {
        let wheels = json!([{ "colour": "red", "size": 1 }, { "colour": "blue", "size": 10 }, {}]);
        let wanted = expected([
            ("name", "must have at most 3 characters"),
            ("wheels[1].colour", "must be one of red, green"),
            ("wheels[1].size", "must be at most 9"),
            ("wheels[2].colour", "is required"),
            ("wheels[2].size", "is required"),
        ]);
        assert_eq!(issues(&json!({ "name": "long", "wheels": wheels })), wanted);
    }

    #[test]
    fn a_wrong_type_is_named_where_it_stands() {
        let wanted = expected([("name", "must be text"), ("wheels", "must be a list")]);
        assert_eq!(issues(&json!({ "name": [], "wheels": { "colour": "red" } })), wanted);
    }

    #[test]
    fn nul_characters_are_found_at_any_depth() {
        let found = fields_with_nul(&json!({ "a": ["b", "c\u{0}"], "d": { "e": "\u{0}" } }));
        assert_eq!(found.iter().map(|issue| issue.field.as_str()).collect::<Vec<_>>(), ["a[1]", "d.e"]);
    }
}
