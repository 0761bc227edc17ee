//! Which recogniser is asked, in one row (`id` = 1). The API key is kept sealed.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, Condition, raw_sql};
use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::secret::Secret;

/// Protocols of recognisers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// Our own provider.
    Rollcall,
    /// CompreFace 1.2.
    Compreface,
    /// DeepStack and CodeProject.AI.
    Deepstack,
    /// Any service that speaks the plain contract.
    Http,
}

/// How the recogniser is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It answers.
    Connected,
    /// Slow, or with some failures.
    Degraded,
    /// It does not answer.
    Offline,
}

/// The recogniser's settings.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "detection_provider_config")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Name shown to people.
    pub provider_name: String,
    /// Which protocol it speaks.
    pub kind: ProviderKind,
    /// Base address.
    pub endpoint: String,
    /// Sealed key.
    pub api_key: Option<Secret>,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// 0 to 100: from here on a match counts.
    pub min_confidence: f64,
    /// Limit of one call in milliseconds.
    pub timeout_ms: i32,
    /// How it was at the last call.
    pub status: Status,
    /// Last answer.
    pub last_heartbeat: Option<DateTimeUtc>,
    /// Moving average in milliseconds.
    pub average_latency_ms: f64,
    /// Rises by one with each edit by a person.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// Share of the newest call in the moving average of the latency.
const NEWEST_SHARE: f64 = 0.1;

/// The settings.
///
/// # Errors
/// The database is out of reach, or was never seeded.
pub async fn get(db: &impl ConnectionTrait) -> Result<Model, DbErr> {
    let row = Entity::find_by_id(1_i16).one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("detection_provider_config has no row: run the seeds".to_owned()))
}

/// Saves an edit by a person; see [`Edit`].
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn edit(
    db: &impl ConnectionTrait,
    expected: Option<i32>,
    changes: ActiveModel,
) -> Result<Edit<Model>, DbErr> {
    let target = Condition::all().add(Column::Id.eq(1_i16));
    crate::edit::edit::<Entity>(db, changes, target, Column::Version, expected).await
}

/// Notes an answer of the recogniser and how long it took, in milliseconds.
///
/// # Errors
/// The database is out of reach.
pub async fn record_answer(db: &impl ConnectionTrait, at: DateTimeUtc, latency_ms: f64) -> Result<(), DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE detection_provider_config
           SET last_heartbeat = greatest(last_heartbeat, {at}),
               average_latency_ms = CASE WHEN last_heartbeat IS NULL THEN {latency_ms}
                   ELSE average_latency_ms + {NEWEST_SHARE} * ({latency_ms} - average_latency_ms) END
           WHERE id = 1"#
    );
    db.execute_raw(statement).await.map(drop)
}

/// Sets the status and answers whether that changed it: to one of several callers it does, and that one raises the alert.
///
/// # Errors
/// The database is out of reach.
pub async fn set_status(db: &impl ConnectionTrait, status: Status) -> Result<bool, DbErr> {
    let result = Entity::update_many()
        .set(ActiveModel { status: Set(status), ..Default::default() })
        .filter(Column::Id.eq(1_i16))
        .filter(Column::Status.ne(status))
        .exec(db)
        .await?;
    Ok(result.rows_affected == 1)
}
