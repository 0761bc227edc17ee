//! The `Idempotency-Key` header of operations that enqueue a job. The job's id is derived from user, operation and
//! key, so the outbox's primary key is what makes a repeated call find the first one: no second store, nothing to lose
//! with Redis, and two simultaneous calls cannot both win.

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

    /// Whether the client sent one.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// The id of the job that `user` starts with this call of `operation`: always the same one for the same key, a new
    /// one where no key was sent.
    #[must_use]
    pub fn job_id(&self, user: Uuid, operation: &str) -> Uuid {
        let Some(key) = &self.0 else { return Uuid::now_v7() };
        let mut hash = Sha256::new();
        for part in [user.as_bytes().as_slice(), operation.as_bytes(), key.as_bytes()] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Builder::from_custom_bytes(bytes).into_uuid()
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
    fn the_same_user_operation_and_key_give_the_same_job() {
        let user = Uuid::now_v7();
        assert_eq!(key("a").job_id(user, "op"), key("a").job_id(user, "op"));
    }

    #[test]
    fn another_user_operation_or_key_gives_another_job() {
        let (user, first) = (Uuid::now_v7(), key("a").job_id(Uuid::nil(), "op"));
        for other in [
            key("a").job_id(user, "op"),
            key("a").job_id(Uuid::nil(), "op2"),
            key("b").job_id(Uuid::nil(), "op"),
        ] {
            assert_ne!(first, other);
        }
        assert_ne!(key("ab").job_id(user, "c"), key("b").job_id(user, "ca"));
    }

    #[test]
    fn without_a_key_every_call_is_a_job_of_its_own() {
        let user = Uuid::now_v7();
        assert_ne!(IdempotencyKey(None).job_id(user, "op"), IdempotencyKey(None).job_id(user, "op"));
    }
}
