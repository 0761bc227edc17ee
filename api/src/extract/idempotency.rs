//! The `Idempotency-Key` header of operations that enqueue a job. User, operation and key together make the id under which
//! the first answer is kept in the database: nothing is lost with Redis, and two simultaneous calls cannot both win.

use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::error::ApiError;

const MAX_LENGTH: usize = 200;

/// What the client sent, if anything. An operation that takes it counts among the enqueuing ones for the rate limit.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// Name of the parameter; it marks enqueuing operations in the OpenAPI document.
    pub const HEADER: &'static str = "Idempotency-Key";

    /// The id under which the answer to this call of `operation` by `user` is kept: always the same one for the same key, none
    /// where no key was sent.
    #[must_use]
    pub fn id(&self, user: Uuid, operation: &str) -> Option<Uuid> {
        let key = self.0.as_ref()?;
        let mut hash = Sha256::new();
        for part in [user.as_bytes().as_slice(), operation.as_bytes(), key.as_bytes()] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Some(Builder::from_custom_bytes(bytes).into_uuid())
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
        let schema =
            MetaSchema { max_length: Some(MAX_LENGTH), min_length: Some(1), ..MetaSchema::new("string") };
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
    fn the_same_user_operation_and_key_have_the_same_answer() {
        let user = Uuid::now_v7();
        assert_eq!(key("a").id(user, "op"), key("a").id(user, "op"));
    }

    #[test]
    fn another_user_operation_or_key_has_another_answer() {
        let (user, first) = (Uuid::now_v7(), key("a").id(Uuid::nil(), "op"));
        for other in
            [key("a").id(user, "op"), key("a").id(Uuid::nil(), "op2"), key("b").id(Uuid::nil(), "op")]
        {
            assert_ne!(first, other);
        }
        assert_ne!(key("ab").id(user, "c"), key("b").id(user, "ca"));
    }

    #[test]
    fn without_a_key_no_answer_is_kept() {
        assert_eq!(IdempotencyKey(None).id(Uuid::now_v7(), "op"), None);
    }
}
