//! What somebody should look at. At most one open alert exists per `dedup_key`; it is closed by `resolved_at`.

use chrono::TimeDelta;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveValue::Set, Condition, QueryOrder, raw_sql};
use serde::{Deserialize, Serialize};

use crate::insert;
use crate::page::{self, Page, Paged};
use crate::text_list::TextList;

/// How bad an alert is, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For the record.
    Low,
    /// To be looked at today.
    Medium,
    /// To be looked at soon.
    High,
    /// To be looked at now.
    Critical,
}

/// One alert.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "alerts")]
pub struct Model {
    /// Key, a version 7 UUID as text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// One line.
    pub title: String,
    /// More.
    pub description: Option<String>,
    /// How bad it is.
    pub level: Level,
    /// What raised it, such as `unknown_face` or `camera_offline`.
    pub kind: String,
    /// Same key, same trouble.
    pub dedup_key: Option<String>,
    /// When it was raised.
    pub timestamp: DateTimeUtc,
    /// Camera it is about.
    pub camera_id: Option<String>,
    /// Whether somebody took note.
    pub acknowledged: bool,
    /// Who.
    pub acknowledged_by: Option<Uuid>,
    /// Silent until then; the far end of time means until unmuted.
    pub muted_until: Option<DateTimeUtc>,
    /// Free labels.
    #[sea_orm(column_type = "JsonBinary")]
    pub tags: TextList,
    /// When the trouble was over; null while it is open.
    pub resolved_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl ActiveModel {
    /// A new alert under a fresh key; the rest of the columns is the caller's.
    #[must_use]
    pub fn keyed() -> Self {
        Self { id: Set(Uuid::now_v7().to_string()), ..Default::default() }
    }
}

/// Which alerts a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Of this level.
    pub level: Option<Level>,
    /// Acknowledged, or not yet.
    pub acknowledged: Option<bool>,
    /// Silent at the time asked, or not.
    pub muted: Option<bool>,
    /// About this camera.
    pub camera_id: Option<String>,
    /// From this time on.
    pub from: Option<DateTimeUtc>,
    /// Up to and with this time.
    pub to: Option<DateTimeUtc>,
}

fn filtered(filter: &Filter, now: DateTimeUtc) -> Select<Entity> {
    let muted = |muted| match muted {
        true => Column::MutedUntil.gt(now),
        false => Column::MutedUntil.is_null().or(Column::MutedUntil.lte(now)),
    };
    let condition = Condition::all()
        .add_option(filter.level.map(|level| Column::Level.eq(level)))
        .add_option(filter.acknowledged.map(|acknowledged| Column::Acknowledged.eq(acknowledged)))
        .add_option(filter.muted.map(muted))
        .add_option(filter.camera_id.as_ref().map(|camera| Column::CameraId.eq(camera)))
        .add_option(filter.from.map(|from| Column::Timestamp.gte(from)))
        .add_option(filter.to.map(|to| Column::Timestamp.lte(to)));
    Entity::find().filter(condition)
}

/// One page of alerts, newest first.
///
/// # Errors
/// The database is out of reach.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    now: DateTimeUtc,
    page: Page,
) -> Result<Paged<Model>, DbErr> {
    let ordered = filtered(filter, now).order_by_desc(Column::Timestamp).order_by_desc(Column::Id);
    page::paged(db, filtered(filter, now), ordered, page).await
}

/// Raises an alert; `None` when one with the same `dedup_key` is open already.
///
/// # Errors
/// The database is out of reach.
pub async fn raise(db: &impl ConnectionTrait, row: ActiveModel) -> Result<Option<Model>, DbErr> {
    insert::unless_taken(db, row).await
}

/// Raises an alert unless one with this `dedup_key` was raised less than `spacing` before `now`, open or not; an older open one
/// is closed by it. For trouble that nobody reports the end of.
///
/// # Errors
/// The database is out of reach.
pub async fn raise_spaced(
    db: &impl ConnectionTrait,
    dedup_key: &str,
    spacing: TimeDelta,
    now: DateTimeUtc,
    row: ActiveModel,
) -> Result<Option<Model>, DbErr> {
    let same = Column::DedupKey.eq(dedup_key);
    let recent = same.clone().and(Column::Timestamp.gt(now - spacing));
    if Entity::find().filter(recent).one(db).await?.is_some() {
        return Ok(None);
    }
    let closed = ActiveModel { resolved_at: Set(Some(now)), ..Default::default() };
    let old_and_open = same.and(Column::ResolvedAt.is_null()).and(Column::Timestamp.lte(now - spacing));
    Entity::update_many().set(closed).filter(old_and_open).exec(db).await?;
    let row = ActiveModel { dedup_key: Set(Some(dedup_key.to_owned())), timestamp: Set(now), ..row };
    raise(db, row).await
}

/// Closes the open alert with this `dedup_key`; `None` when there is none.
///
/// # Errors
/// The database is out of reach.
pub async fn resolve(
    db: &impl ConnectionTrait,
    dedup_key: &str,
    now: DateTimeUtc,
) -> Result<Option<Model>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE alerts SET resolved_at = {now}
           WHERE dedup_key = {dedup_key} AND resolved_at IS NULL
           RETURNING *"#
    );
    Entity::find().from_raw_sql(statement).one(db).await
}
