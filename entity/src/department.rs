//! Departments. People and shifts refer to them; a face profile carries the name.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;

/// Whether a department is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In use.
    Active,
    /// Kept for history.
    Inactive,
}

/// A department.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "departments")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Name, unique without case.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// The user who leads it.
    pub manager_id: Option<Uuid>,
    /// Budget in the site's currency.
    pub budget_allocated: Option<f64>,
    /// Whether it is in use.
    pub status: Status,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

/// Where a table's `department` is the one of this name, however it is spelt.
pub(crate) fn is(name: &str) -> Expr {
    Expr::cust_with_values(same("department", "$1::text"), [name])
}

/// SQL that tells whether two names, SQL that yields text, are of one department: they are equal without case. Indexes hold
/// them folded in this very way.
pub(crate) fn same(one: &str, other: &str) -> String {
    format!(r#"lower({one} COLLATE "und-x-icu") = lower({other} COLLATE "und-x-icu")"#)
}
