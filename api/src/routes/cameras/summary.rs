//! What each camera did today, by the site's clock.

use std::collections::HashMap;

use chrono::Utc;
use entity::{
    camera,
    camera_summary::{self, Model},
    system_config::Settings,
};
use poem_openapi::Object;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use crate::{error::ApiError, state::App};

/// One camera's day so far.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct CameraSummary {
    /// The camera.
    id: String,
    /// Faces seen today, known ones included.
    detections_today: i32,
    /// Faces of nobody known.
    unknown_faces: i32,
    /// Percentage of today's health checks that were answered; null before the first.
    uptime_percent: Option<f64>,
}

/// Every living camera, in the order of their ids; one that has done nothing yet is there as well.
///
/// # Errors
/// The database's.
pub async fn today(app: &App) -> Result<Vec<CameraSummary>, ApiError> {
    let zone = Settings::load(&app.db).await?.attendance_timezone;
    let today = Utc::now().with_timezone(&zone).date_naive();
    let mut days: HashMap<String, Model> = camera_summary::of_day(&app.db, today)
        .await?
        .into_iter()
        .map(|day| (day.camera_id.clone(), day))
        .collect();
    let ids: Vec<String> = camera::Entity::find()
        .select_only()
        .column(camera::Column::Id)
        .filter(camera::Column::DeletedAt.is_null())
        .order_by_asc(camera::Column::Id)
        .into_tuple()
        .all(&app.db)
        .await?;
    Ok(ids.into_iter().map(|id| summary(days.remove(&id), id)).collect())
}

fn summary(day: Option<Model>, id: String) -> CameraSummary {
    CameraSummary {
        id,
        detections_today: day.as_ref().map_or(0, |day| day.detections_today),
        unknown_faces: day.as_ref().map_or(0, |day| day.unknown_faces),
        uptime_percent: day.filter(|day| day.checks > 0).map(|day| day.uptime_percent),
    }
}
