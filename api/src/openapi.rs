//! The OpenAPI document as it is published: poem-openapi's, with each operation's declaration written as
//! `x-permission` beside one bearer scheme, and the Swagger UI page that shows it without any foreign host.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    auth::{PUBLIC, SIGN_IN},
    operations::Operations,
    state::StartError,
};

/// Everything below is versioned.
pub const BASE_PATH: &str = "/api/v1";

const DESCRIPTION: &str = "\
Backend of a CCTV face-attendance system. Success is `{\"success\":true,\"data\":…}`, lists add `meta`; every failure is \
`{\"success\":false,\"error\":{\"code\",\"message\",\"details\"},\"requestId\"}`. `x-permission` says who may call an \
operation: `public`, `self` (any signed-in user, on their own things) or a permission that the role must grant. \
Codes: BAD_REQUEST, UNAUTHENTICATED, INVALID_CREDENTIALS, TOKEN_EXPIRED, TOKEN_REVOKED, FORBIDDEN, ACCOUNT_SUSPENDED, \
REGISTRATION_DISABLED, NOT_FOUND, METHOD_NOT_ALLOWED, CONFLICT, VERSION_CONFLICT, INVALID_STATE, PAYLOAD_TOO_LARGE, \
UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED, INTERNAL, UPSTREAM_FAILED, \
UPSTREAM_TIMEOUT, UNAVAILABLE. Times are RFC 3339, UTC with `Z`, to the millisecond. Real-time messages \
come over the WebSocket `/ws?token=<access token>`; what they show has the fields that the operations show.";

/// The document, the page that shows it, and what it says about each operation.
pub struct Published {
    /// The document's text.
    pub document: String,
    /// The page.
    pub page: String,
    /// The Content-Security-Policy under which the page works.
    pub page_policy: String,
    /// The operations.
    pub operations: Operations,
}

/// The service of `api`, with the titles that the document carries.
pub fn service<T: OpenApi>(api: T) -> OpenApiService<T, ()> {
    OpenApiService::new(api, "Rollcall", env!("CARGO_PKG_VERSION")).description(DESCRIPTION).server(BASE_PATH)
}

/// Makes the published form of `service`'s document.
///
/// # Errors
/// An operation that does not declare exactly one permission.
pub fn publish<T: OpenApi>(service: &OpenApiService<T, ()>) -> Result<Published, StartError> {
    let raw = service.spec();
    let mut document: Value = serde_json::from_str(&raw).map_err(|e| StartError::Document(e.to_string()))?;
    let operations = Operations::read(&document, BASE_PATH).map_err(StartError::Document)?;
    declare_permissions(&mut document);
    let text = format!("{document:#}\n");
    let page = service
        .swagger_ui_html()
        .replace(&raw, &script_safe(&text))
        .replace("Swagger UI</title>", "Rollcall API</title>");
    Ok(Published { page_policy: policy(&page), page, document: text, operations })
}

fn declare_permissions(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let declared = operation["security"][0].as_object().and_then(|scheme| scheme.keys().next()).cloned();
        let open = declared.as_deref().is_none_or(|name| name == PUBLIC || name == SIGN_IN);
        operation["security"] = if open { json!([]) } else { json!([{ "bearer": [] }]) };
        operation["x-permission"] = if open { PUBLIC.into() } else { declared.into() };
    }
    document["components"]["securitySchemes"] =
        json!({ "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } });
}

/// JSON inside a script element must not close it.
fn script_safe(json: &str) -> String {
    json.replace("</", "<\\/")
}

/// Scripts run by their hashes only; styles are set inline by Swagger UI all over.
fn policy(page: &str) -> String {
    let hashes: String =
        scripts(page).map(|script| format!(" 'sha256-{}'", BASE64.encode(Sha256::digest(script)))).collect();
    format!(
        "default-src 'none'; script-src{hashes}; style-src 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self'; font-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

fn scripts(page: &str) -> impl Iterator<Item = &str> {
    let mut rest = page;
    std::iter::from_fn(move || {
        let (_, element) = rest.split_once("<script")?;
        let (_, body) = element.split_once('>')?;
        // A script may have "<script" in it; it ends at the first end tag, as for a browser.
        let (script, after) = body.split_once("</script>")?;
        rest = after;
        Some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_inline_script_is_allowed_by_its_hash() {
        let page = "<script charset=\"UTF-8\">let a = '<script>';</script><p></p><script>go()</script>";
        assert_eq!(scripts(page).collect::<Vec<_>>(), ["let a = '<script>';", "go()"]);
        assert_eq!(policy(page).matches("'sha256-").count(), 2);
    }

    #[test]
    fn a_document_cannot_end_its_script_element() {
        assert_eq!(script_safe("{\"a\":\"</script>\"}"), "{\"a\":\"<\\/script>\"}");
    }
}
