//! What a parameter takes, in one short sentence, read from its schema in the OpenAPI document: the refusal of a wrong
//! one says what the document says, in the words that bodies are refused with.

use serde_json::Value;

/// The sentence for the parameter whose schema is `schema` in `document`.
pub(crate) fn expectation(document: &Value, schema: &Value) -> String {
    let schema = resolve(document, schema);
    if let Some(allowed) = schema["enum"].as_array() {
        let names: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
        return one_of(&names);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) => number("a whole number", schema),
        (Some("number"), _) => number("a number", schema),
        (Some("boolean"), _) => "must be true or false".to_owned(),
        (_, format) => format.and_then(format_issue).unwrap_or("is not valid").to_owned(),
    }
}

/// A described parameter of a named type is a list of both.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = schema["allOf"].get(0).unwrap_or(schema);
    let Some(reference) = schema["$ref"].as_str() else { return schema };
    document.pointer(reference.trim_start_matches('#')).unwrap_or(schema)
}

fn number(what: &str, schema: &Value) -> String {
    match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        (Some(min), Some(max)) => format!("must be {what} from {min} to {max}"),
        (Some(min), None) => format!("must be {what}, at least {min}"),
        (None, Some(max)) => format!("must be {what}, at most {max}"),
        (None, None) => format!("must be {what}"),
    }
}

/// What a value of another JSON type should have been.
pub(super) fn type_issue(expected: &str) -> &'static str {
    match expected {
        "string" => "must be text",
        "integer" => "must be a whole number",
        "number" => "must be a number",
        "boolean" => "must be true or false",
        "array" => "must be a list",
        _ => "must be an object",
    }
}

/// What text of a list of words must be.
pub(super) fn one_of(allowed: &[&str]) -> String {
    format!("must be one of {}", allowed.join(", "))
}

/// What text of a format that OpenAPI or the framework knows must be.
pub(super) fn format_issue(format: &str) -> Option<&'static str> {
    match format {
        "uuid" => Some("must be a UUID"),
        "date" | "naive-date" => Some("must be a date, YYYY-MM-DD"),
        "naive-time" => Some("must be a time of day, HH:MM:SS"),
        "date-time" => Some("must be an RFC 3339 timestamp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_sort_of_parameter_has_its_sentence() {
        let document = json!({ "components": { "schemas": { "Colour": { "type": "string", "enum": ["red", "green"] } } } });
        let named = json!({ "$ref": "#/components/schemas/Colour" });
        for (schema, sentence) in [
            (named.clone(), "must be one of red, green"),
            (json!({ "allOf": [named, { "description": "x" }] }), "must be one of red, green"),
            (
                json!({ "type": "integer", "minimum": 1.0, "maximum": 200.0 }),
                "must be a whole number from 1 to 200",
            ),
            (json!({ "type": "number", "minimum": 0.5 }), "must be a number, at least 0.5"),
            (json!({ "type": "boolean" }), "must be true or false"),
            (json!({ "type": "string", "format": "uuid" }), "must be a UUID"),
            (json!({ "type": "string", "format": "naive-date" }), "must be a date, YYYY-MM-DD"),
            (json!({ "type": "string" }), "is not valid"),
        ] {
            assert_eq!(expectation(&document, &schema), sentence);
        }
    }
}
