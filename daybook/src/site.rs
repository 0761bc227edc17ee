//! What a site judges by: its settings, its time zone and its shifts.

use std::collections::HashMap;

use attendance::{Plan, Rules, Shift, Weekdays, close, day};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use entity::{
    department, shift_schedule,
    system_config::{Settings, SettingsError},
};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _};
use uuid::Uuid;

/// Why a site cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The database is out of reach.
    #[error("database")]
    Database(#[from] DbErr),
    /// A setting is not of its type.
    #[error("system configuration")]
    Settings(#[from] SettingsError),
}

/// One reading of it.
#[derive(Clone, Debug)]
pub struct Site {
    /// The settings of the rules.
    pub rules: Rules,
    /// Its clocks.
    pub zone: Tz,
    /// All shifts, of every department.
    pub shifts: Vec<Shift>,
    /// Whole days for which detections are kept.
    pub detections_days: u32,
}

impl Site {
    /// Reads settings, departments and shifts.
    ///
    /// # Errors
    /// See [`SiteError`].
    pub async fn load(db: &impl ConnectionTrait) -> Result<Self, SiteError> {
        let settings = Settings::load(db).await?;
        Ok(Self::with(&settings, db).await?)
    }

    /// The same where the settings were read already.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn with(settings: &Settings, db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let departments = department::Entity::find().all(db).await?;
        let names = departments.into_iter().map(|row| (row.id, row.name)).collect();
        let rows = shift_schedule::all(db).await?;
        let shifts = rows.into_iter().filter_map(|row| shift(row, &names)).collect();
        Ok(Self {
            rules: rules(settings),
            zone: settings.attendance_timezone,
            shifts,
            detections_days: settings.retention_detections_days,
        })
    }

    /// What somebody of this department is expected to work.
    #[must_use]
    pub fn plan(&self, department: Option<&str>) -> Plan {
        Plan::of(department, &self.shifts, self.zone)
    }

    /// The date on the site's wall at `at`.
    #[must_use]
    pub fn local_day(&self, at: DateTime<Utc>) -> NaiveDate {
        day::local_day(at, self.zone)
    }

    /// Whether `date` is over at `now`, an hour after its last shift.
    #[must_use]
    pub fn is_over(&self, date: NaiveDate, now: DateTime<Utc>) -> bool {
        close::is_over(date, &self.shifts, self.zone, now)
    }
}

fn rules(settings: &Settings) -> Rules {
    Rules {
        cooldown_seconds: settings.attendance_cooldown_seconds,
        min_stay_minutes: settings.attendance_min_stay_minutes,
        min_agreeing_frames_on_demand: settings.attendance_min_agreeing_frames_on_demand,
        min_agreeing_frames_automatic: settings.attendance_min_agreeing_frames_automatic,
        presence_timeout_minutes: settings.attendance_presence_timeout_minutes,
    }
}

/// The table's checks keep days within 1 to 7, and a department that is named exists; a row beyond that is left out, loudly.
fn shift(row: shift_schedule::Model, departments: &HashMap<Uuid, String>) -> Option<Shift> {
    let days = Weekdays::try_from(row.days)
        .inspect_err(|error| tracing::error!(shift = row.id, %error, "a shift is left out"))
        .ok()?;
    let department = match row.department_id {
        Some(id) => Some(departments.get(&id)?.clone()),
        None => None,
    };
    Some(Shift {
        id: row.id,
        start: row.start_time,
        end: row.end_time,
        days,
        grace_minutes: row.grace_minutes.unsigned_abs(),
        department,
    })
}
