//! Secrets out of audit values. Columns that hold secrets serialise as `***` by their type already; this catches what
//! arrives in plain JSON: request bodies, configuration, addresses with credentials.

use serde_json::Value;
use url::Url;

const MASK: &str = "***";

/// Parts of field names that tell a secret, in lower case without separators.
const SECRET_NAMES: &[&str] =
    &["password", "secret", "apikey", "token", "hash", "credential", "authorization"];

/// `value` with every secret replaced.
pub(super) fn masked(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, field)| {
                let field = if is_secret(&name) && !field.is_null() { MASK.into() } else { masked(field) };
                (name, field)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(masked).collect(),
        Value::String(text) => Value::String(without_credentials(text)),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain,
    }
}

fn is_secret(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    SECRET_NAMES.iter().any(|secret| plain.contains(secret))
}

fn without_credentials(text: String) -> String {
    if !text.contains("://") || !text.contains('@') {
        return text;
    }
    match Url::parse(&text) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            // Both fail only for addresses that cannot carry credentials.
            let _ = url.set_username(MASK);
            let _ = url.set_password(Some(MASK));
            url.into()
        }
        Ok(_) => text,
        // What cannot be read cannot be masked in part.
        Err(_) => MASK.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_by_name_at_any_depth() {
        let value =
            json!({ "apiKey": "k", "a": [{ "newPassword": "p", "refresh_token": "t", "name": "n" }] });
        let expected =
            json!({ "apiKey": "***", "a": [{ "newPassword": "***", "refresh_token": "***", "name": "n" }] });
        assert_eq!(masked(value), expected);
    }

    #[test]
    fn credentials_inside_an_address_are_masked_and_the_rest_stays() {
        let value = masked(json!({ "streamUrl": "rtsp://root:hunter2@10.0.0.1:554/live" }));
        assert_eq!(value, json!({ "streamUrl": "rtsp://***:***@10.0.0.1:554/live" }));
        assert_eq!(masked(json!("http://10.0.0.1/x")), json!("http://10.0.0.1/x"));
        assert_eq!(masked(json!("rtsp://u:p@[broken")), json!("***"));
    }

    #[test]
    fn an_absent_secret_stays_absent() {
        assert_eq!(masked(json!({ "apiKey": null })), json!({ "apiKey": null }));
    }
}
