//! `page` and `pageSize` of every list, with the bounds of the contract: outside of them is a 422.

use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    param::Query,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};

use crate::error::ApiError;

/// Largest page that is ever sent.
pub const MAX_PAGE_SIZE: u32 = 200;

/// Rows a page where the client does not say.
pub const DEFAULT_PAGE_SIZE: u32 = 20;

/// Which page of a list, and how long pages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Number of the page, from 1.
    pub page: u32,
    /// Rows a page.
    pub size: u32,
}

impl Paging {
    /// Takes both parameters together.
    #[must_use]
    pub fn new(page: &PageNumber, size: &PageSize) -> Self {
        Self { page: page.0, size: size.0 }
    }
}

impl From<Paging> for entity::Page {
    fn from(paging: Paging) -> Self {
        Self { number: paging.page.into(), size: paging.size.into() }
    }
}

/// The query parameter `page`.
#[derive(Clone, Copy, Debug)]
pub struct PageNumber(u32);

/// The query parameter `pageSize`; write `#[oai(name = "pageSize")]` before it.
#[derive(Clone, Copy, Debug)]
pub struct PageSize(u32);

macro_rules! bounded_parameter {
    ($name:ident, $parameter:literal, $default:expr, $max:expr) => {
        impl<'a> ApiExtractor<'a> for $name {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];

            type ParamType = u32;
            type ParamRawType = u32;

            fn param_in() -> Option<MetaParamIn> {
                Some(MetaParamIn::Query)
            }

            fn param_schema_ref() -> Option<MetaSchemaRef> {
                Some(schema($default, $max))
            }

            async fn from_request(
                request: &'a Request,
                body: &mut RequestBody,
                _options: ExtractParamOptions<u32>,
            ) -> Result<Self> {
                let options = ExtractParamOptions { name: $parameter, ..ExtractParamOptions::default() };
                let given =
                    <Query<Option<u32>> as ApiExtractor>::from_request(request, body, options).await?;
                match given.0.unwrap_or($default) {
                    value if (1..=$max).contains(&value) => Ok(Self(value)),
                    _ => {
                        Err(ApiError::field($parameter, format!("must be a whole number from 1 to {}", $max))
                            .into())
                    }
                }
            }
        }
    };
}

bounded_parameter!(PageNumber, "page", 1, 1_000_000_u32);
bounded_parameter!(PageSize, "pageSize", DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);

fn schema(default: u32, max: u32) -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema {
        format: Some("uint32"),
        default: Some(default.into()),
        minimum: Some(1.0),
        maximum: Some(max.into()),
        ..MetaSchema::new("integer")
    }))
}
