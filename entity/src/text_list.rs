//! A list of texts in a `jsonb` column: tags, permissions, scopes, recipients.
//! Order is kept; the column always holds an array, never null.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

/// The elements of a `jsonb` array of strings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct TextList(pub Vec<String>);

impl<T: Into<String>> FromIterator<T> for TextList {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().map(Into::into).collect())
    }
}
