//! What administrators change while workers run: system configuration, shifts, and the provider's row. Read together, kept for
//! a moment; a change is in force within five seconds on every worker.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use attendance::{Plan, Rules, Shift, Weekdays};
use entity::{department, detection_provider_config, shift_schedule, system_config};
use platform::seal::{PROVIDER_KEY, SealError, Sealer};
use recognition::ProviderConfig;
use sea_orm::{DatabaseConnection, DbErr, EntityTrait as _};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Below the five seconds within which a change must be in force.
const KEPT: Duration = Duration::from_secs(3);

/// Why the configuration cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// The database is away.
    #[error("database")]
    Database(#[from] DbErr),
    /// A value is not of its type.
    #[error("system configuration")]
    Settings(#[from] system_config::SettingsError),
}

/// One reading of everything.
#[derive(Debug)]
pub struct Snapshot {
    /// The system configuration.
    pub settings: system_config::Settings,
    /// All shifts.
    pub shifts: Vec<Shift>,
    /// The provider's row.
    pub provider: detection_provider_config::Model,
}

impl Snapshot {
    /// The settings that attendance is judged by.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules {
            cooldown_seconds: self.settings.attendance_cooldown_seconds,
            min_stay_minutes: self.settings.attendance_min_stay_minutes,
            min_agreeing_frames_on_demand: self.settings.attendance_min_agreeing_frames_on_demand,
            min_agreeing_frames_automatic: self.settings.attendance_min_agreeing_frames_automatic,
            presence_timeout_minutes: self.settings.attendance_presence_timeout_minutes,
        }
    }

    /// What somebody of this department is expected to work.
    #[must_use]
    pub fn plan(&self, department: Option<&str>) -> Plan {
        Plan::of(department, &self.shifts, self.settings.attendance_timezone)
    }

    /// How the provider is called now.
    ///
    /// # Errors
    /// The stored key cannot be opened.
    pub fn provider_config(&self, sealer: &Sealer) -> Result<ProviderConfig, SealError> {
        let sealed = self.provider.api_key.as_ref();
        Ok(ProviderConfig {
            kind: kind(self.provider.kind).to_owned(),
            endpoint: self.provider.endpoint.clone(),
            api_key: sealed.map(|key| sealer.open(PROVIDER_KEY, key.expose())).transpose()?,
            timeout: Duration::from_millis(self.provider.timeout_ms.unsigned_abs().into()),
        })
    }
}

fn kind(stored: detection_provider_config::ProviderKind) -> &'static str {
    match stored {
        detection_provider_config::ProviderKind::Rollcall => "rollcall",
        detection_provider_config::ProviderKind::Compreface => "compreface",
        detection_provider_config::ProviderKind::Deepstack => "deepstack",
        detection_provider_config::ProviderKind::Http => "http",
    }
}

/// Hands out the newest reading.
pub struct Configuration {
    db: DatabaseConnection,
    // Held while reading, so that a worker full of jobs reads once and not sixteen times.
    kept: Mutex<Option<(Instant, Arc<Snapshot>)>>,
}

impl Configuration {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, kept: Mutex::default() }
    }

    /// The configuration, at most three seconds old.
    ///
    /// # Errors
    /// It has to be read and cannot.
    pub async fn current(&self) -> Result<Arc<Snapshot>, ConfigurationError> {
        let mut kept = self.kept.lock().await;
        if let Some((read, snapshot)) = &*kept
            && read.elapsed() < KEPT
        {
            return Ok(snapshot.clone());
        }
        let snapshot = Arc::new(read(&self.db).await?);
        *kept = Some((Instant::now(), snapshot.clone()));
        Ok(snapshot)
    }
}

async fn read(db: &DatabaseConnection) -> Result<Snapshot, ConfigurationError> {
    let settings = system_config::Settings::load(db).await?;
    let departments: HashMap<Uuid, String> =
        department::Entity::find().all(db).await?.into_iter().map(|row| (row.id, row.name)).collect();
    let rows = shift_schedule::all(db).await?;
    let shifts = rows.into_iter().filter_map(|row| shift(row, &departments)).collect();
    Ok(Snapshot { settings, shifts, provider: detection_provider_config::get(db).await? })
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
