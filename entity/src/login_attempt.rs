//! Failed sign-ins per account and address, from which the lock is decided. A row is made for unknown accounts too, so that both answer alike.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// Failures of one account from one address.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "login_attempts")]
pub struct Model {
    /// Address that was tried, in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email_lower: String,
    /// Where it was tried from.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ip_address: IpNetwork,
    /// Failures since `window_started_at`.
    pub failures: i32,
    /// When counting began.
    pub window_started_at: DateTimeUtc,
    /// No sign-in is tried before this time.
    pub locked_until: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
