//! A JSON body. poem-openapi stops at the first wrong field and seldom names it, so a body that it refuses is checked
//! again against its own schema, and the client is told about every field at once.

use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    payload::{Json, Payload as _},
    registry::{MetaMediaType, MetaRequest, Registry},
    types::ParseFromJSON,
};
use serde_json::Value;

use super::schema;
use crate::error::{ApiError, FieldIssue, readable};

/// A checked JSON body.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = MetaMediaType { content_type: Json::<T>::CONTENT_TYPE, schema: T::schema_ref() };
        Some(MetaRequest { description: None, content: vec![content], required: T::IS_REQUIRED })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        if bytes.is_empty() && !T::IS_REQUIRED {
            return Ok(parse::<T>(&Value::Null)?);
        }
        check_content_type::<T>(request.content_type())?;
        // serde_json bounds the depth, and refuses lone surrogates and numbers beyond f64.
        let value = serde_json::from_slice(&bytes).map_err(|error| malformed(&error))?;
        Ok(parse(&value)?)
    }
}

/// Where it went wrong; how the parser calls it is nobody's business.
fn malformed(error: &serde_json::Error) -> ApiError {
    let (line, column) = (error.line(), error.column());
    ApiError::BadRequest(format!("malformed JSON at line {line}, column {column}").into())
}

fn check_content_type<T: ParseFromJSON>(given: Option<&str>) -> Result<(), ApiError> {
    match given {
        Some(kind) if Json::<T>::check_content_type(kind) => Ok(()),
        Some(kind) => Err(ApiError::UnsupportedMediaType(
            format!("{kind:.100} is not supported, send application/json").into(),
        )),
        None => Err(ApiError::UnsupportedMediaType("send Content-Type: application/json".into())),
    }
}

/// Checks a JSON value as if it were a body.
pub(crate) fn parse<T: ParseFromJSON>(value: &Value) -> Result<Body<T>, ApiError> {
    let nul = schema::fields_with_nul(value);
    if !nul.is_empty() {
        return Err(ApiError::Validation(nul));
    }
    // The copy is what the schema check reads if poem-openapi refuses the body; bodies are small.
    T::parse_from_json(Some(value.clone()))
        .map(Body)
        .map_err(|error| ApiError::Validation(issues_of::<T>(value, error.message())))
}

fn issues_of<T: ParseFromJSON>(value: &Value, message: &str) -> Vec<FieldIssue> {
    let mut registry = Registry::new();
    T::register(&mut registry);
    let unknown = message.contains("unknown field `").then(|| named_field(message));
    let found = schema::check(&registry, &T::schema_ref(), value, unknown);
    if found.is_empty() { vec![FieldIssue::new(named_field(message), readable(message))] } else { found }
}

/// The field that poem-openapi names in back quotes, or the body as a whole.
fn named_field(message: &str) -> &str {
    message.split('`').nth(1).unwrap_or("body")
}
