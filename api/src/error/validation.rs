//! What is wrong with one field of a request.

use poem_openapi::Object;
use serde::Serialize;

/// One wrong field, as in `details` of a `VALIDATION_ERROR`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Object)]
pub struct FieldIssue {
    /// Name as the client sent it; a path such as `boundingBox.top` or `tags[2]` inside a body.
    pub field: String,
    /// What is wrong with it, for people.
    pub issue: String,
}

impl FieldIssue {
    /// Says what is wrong with `field`.
    #[must_use]
    pub fn new(field: impl Into<String>, issue: impl Into<String>) -> Self {
        Self { field: field.into(), issue: issue.into() }
    }
}

/// What is wrong with one entry of a list, as in `details.failed` of a `VALIDATION_ERROR`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowIssues {
    /// Place of the entry, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub issues: Vec<FieldIssue>,
}
