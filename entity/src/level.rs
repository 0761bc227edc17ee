//! How much a notification, a banner or an audit row matters. One scale serves the three of them; alerts have a finer one of
//! their own (`alert::Level`).

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Importance, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Worth looking into.
    Warning,
    /// Needs somebody now.
    Critical,
}
