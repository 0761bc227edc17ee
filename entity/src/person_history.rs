//! What is known of one person, in order of time: where they were seen, when they came and left, and the days on which they did not
//! come. Detections go after their retention; attendance stays.

use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, SelectModel, SelectorRaw, Statement};

/// Whose history, and which part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// The person.
    pub employee_id: String,
    /// First day of the site.
    pub first: Date,
    /// Last day of the site.
    pub last: Date,
    /// The instant at which the first day begins.
    pub from: DateTimeUtc,
    /// The instant at which the last day has ended.
    pub until: DateTimeUtc,
    /// Only at this camera.
    pub camera_id: Option<String>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum EventKind {
    /// A camera recognised them.
    Seen,
    /// Their day began.
    CheckIn,
    /// Their day ended.
    CheckOut,
    /// They were expected and did not come.
    Missed,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Event {
    /// When; for a day that was missed, its noon in UTC.
    pub at: DateTimeUtc,
    /// What.
    pub kind: EventKind,
    /// Name at that time.
    pub name: Option<String>,
    /// Day of the site that it counts for, where it is attendance.
    pub date: Option<Date>,
    /// Camera.
    pub camera: Option<String>,
    /// 0 to 100, of a sighting or of the first one of a day.
    pub confidence: Option<f64>,
    /// `authorized` or `visitor` of a sighting; `present`, `late` or `missed` of a day.
    pub status: String,
}

/// The events in order of time, to be read whole or streamed.
#[must_use]
pub fn events(query: &Query) -> SelectorRaw<SelectModel<Event>> {
    let sql = "
        SELECT seen.timestamp AS at, 'seen' AS kind, seen.name, NULL::date AS date,
               coalesce(cameras.name, seen.camera_id) AS camera, seen.confidence, seen.status
        FROM detections AS seen LEFT JOIN cameras ON cameras.id = seen.camera_id
        WHERE person_id = $1 AND timestamp >= $4 AND timestamp < $5 AND ($6::text IS NULL OR camera_id = $6)
        UNION ALL
        SELECT check_in_at, 'check_in', name, date, coalesce(camera_name, camera_id), accuracy, status
        FROM attendance_logs
        WHERE employee_id = $1 AND date BETWEEN $2 AND $3 AND check_in_at IS NOT NULL
          AND ($6::text IS NULL OR camera_id = $6)
        UNION ALL
        SELECT check_out_at, 'check_out', name, date, NULL, NULL, status
        FROM attendance_logs
        WHERE employee_id = $1 AND date BETWEEN $2 AND $3 AND check_out_at IS NOT NULL AND $6::text IS NULL
        UNION ALL
        SELECT (date + time '12:00') AT TIME ZONE 'UTC', 'missed', name, date, NULL, NULL, status
        FROM attendance_logs
        WHERE employee_id = $1 AND date BETWEEN $2 AND $3 AND status = 'missed' AND $6::text IS NULL
        ORDER BY at, kind";
    let Query { employee_id, first, last, from, until, camera_id } = query.clone();
    let values = [employee_id.into(), first.into(), last.into(), from.into(), until.into(), camera_id.into()];
    Event::find_by_statement(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
}
