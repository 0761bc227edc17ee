//! Which Odoo a server is.

use serde_json::Value;

/// A server's version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// As the server writes it, such as `17.0`.
    pub text: String,
    /// Its first number; that of the release it comes after for an interim one such as `saas~17.2`.
    pub major: u32,
}

impl Version {
    /// Reads what `/json/version` (`version_info`, `version`) and `common.version` (`server_version_info`, `server_version`) say.
    pub(crate) fn read(answer: &Value, info: &str, text: &str) -> Option<Self> {
        let first = answer.get(info)?.get(0)?;
        let major = match first {
            Value::String(name) => name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok()?,
            number => u32::try_from(number.as_u64()?).ok()?,
        };
        let text =
            answer.get(text).and_then(Value::as_str).map_or_else(|| major.to_string(), crate::error::said);
        Some(Self { text, major })
    }

    /// Whether it speaks JSON-2.
    pub(crate) fn has_json2(&self) -> bool {
        self.major >= 19
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_and_interim_releases_are_read() {
        let read = |first: Value| {
            let answer = json!({ "version_info": [first, 0, 0, "final", 0, ""], "version": "as it is" });
            Version::read(&answer, "version_info", "version")
                .map(|version| (version.major, version.has_json2()))
        };
        assert_eq!(read(json!(19)), Some((19, true)));
        assert_eq!(read(json!(18)), Some((18, false)));
        assert_eq!(read(json!("saas~18")), Some((18, false)));
        assert_eq!(read(json!("nonsense")), None);
        assert_eq!(Version::read(&json!({ "Browser": "Chrome" }), "version_info", "version"), None);
    }
}
