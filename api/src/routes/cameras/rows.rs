//! The body of an import: a list whose entries are checked one by one, where a wrong one does not hide the others.

use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaRequest, Registry},
    types::Type as _,
};
use serde_json::Value;

use super::fields::NewCamera;
use crate::{
    error::{ApiError, FieldIssue},
    extract::{Body, parse_body},
};

/// More rows than this are no list of cameras.
const MAX_ROWS: usize = 5_000;

/// The entries of the list, each with what is wrong with it.
pub struct Rows(pub Vec<Result<NewCamera, Vec<FieldIssue>>>);

impl<'a> ApiExtractor<'a> for Rows {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        Vec::<NewCamera>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        <Body<Vec<NewCamera>> as ApiExtractor>::request_meta()
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        let list = <Body<Vec<Value>> as ApiExtractor>::from_request(request, body, options).await?.0;
        if list.len() > MAX_ROWS {
            return Err(ApiError::field("body", format!("must have at most {MAX_ROWS} entries")).into());
        }
        Ok(Self(list.iter().map(row).collect()))
    }
}

fn row(value: &Value) -> Result<NewCamera, Vec<FieldIssue>> {
    match parse_body::<NewCamera>(value) {
        Ok(row) => Ok(row.0),
        Err(ApiError::Validation(issues)) => Err(issues),
        Err(other) => Err(vec![FieldIssue::new("row", other.to_string())]),
    }
}
