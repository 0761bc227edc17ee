//! The `Idempotency-Key` header of operations that enqueue a job; [`crate::enqueue`] is what honours it.

use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::error::ApiError;

const MAX_LENGTH: usize = 200;

/// What the client sent, if anything. An operation that takes it counts among the enqueuing ones for the rate limit.
/// Write `#[oai(name = "Idempotency-Key")]` before it.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// Name of the parameter; it marks enqueuing operations in the OpenAPI document.
    pub const HEADER: &'static str = "Idempotency-Key";

    /// The key as `user` used it for `operation`: other users' and operations' keys are others, whatever their text.
    #[must_use]
    pub fn scoped(&self, user: Uuid, operation: &str) -> Option<String> {
        let key = self.0.as_ref()?;
        let mut hash = Sha256::new();
        for part in [user.as_bytes().as_slice(), operation.as_bytes(), key.as_bytes()] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(format!("once:{digest}"))
    }
}

impl<'a> ApiExtractor<'a> for IdempotencyKey {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];

    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let schema = MetaSchema { max_length: Some(MAX_LENGTH), min_length: Some(1), ..MetaSchema::new("string") };
        Some(MetaSchemaRef::Inline(Box::new(schema)))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        let Some(value) = request.headers().get(Self::HEADER) else { return Ok(Self(None)) };
        match value.to_str() {
            Ok(key) if (1..=MAX_LENGTH).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
            _ => Err(ApiError::field(Self::HEADER, "must be 1 to 200 printable ASCII characters").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> IdempotencyKey {
        IdempotencyKey(Some(text.to_owned()))
    }

    #[test]
    fn the_same_user_operation_and_key_meet_again() {
        let user = Uuid::now_v7();
        assert_eq!(key("a").scoped(user, "op"), key("a").scoped(user, "op"));
    }

    #[test]
    fn another_user_operation_or_key_never_meets() {
        let first = key("a").scoped(Uuid::nil(), "op");
        for other in [
            key("a").scoped(Uuid::now_v7(), "op"),
            key("a").scoped(Uuid::nil(), "op2"),
            key("b").scoped(Uuid::nil(), "op"),
        ] {
            assert_ne!(first, other);
        }
        assert_ne!(key("ab").scoped(Uuid::nil(), "c"), key("b").scoped(Uuid::nil(), "ca"));
    }

    #[test]
    fn without_a_key_there_is_nothing_to_meet() {
        assert_eq!(IdempotencyKey(None).scoped(Uuid::nil(), "op"), None);
    }
}
