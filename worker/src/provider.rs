//! What calls teach about the detection provider: its row gets a heartbeat now and then, and a change of its state raises or
//! resolves exactly one alert, whichever worker noticed it first.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::Utc;
use entity::{alert, detection_provider_config as row, detection_provider_config::Status};
use recognition::{ProviderError, ProviderStatus, Recogniser, Recognition};
use sea_orm::DbErr;

use crate::{alerts, configuration::Snapshot, context::Context, events};

/// The row is one for all workers: writing it with every frame would make them queue for its lock.
const NOTED_EVERY: Duration = Duration::from_secs(5);

/// When this process last wrote a heartbeat.
#[derive(Debug, Default)]
pub struct ProviderNote(Mutex<Option<Instant>>);

impl ProviderNote {
    fn is_due(&self) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| last.elapsed() >= NOTED_EVERY);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}

/// Notes the end of a call. A row that cannot be written is logged: the frame matters more.
pub async fn note(
    context: &Context,
    snapshot: &Snapshot,
    recogniser: &dyn Recogniser,
    answer: &Result<Recognition, ProviderError>,
) {
    let noted = match answer {
        Ok(recognition) => answered(context, snapshot, recognition).await,
        Err(error) if recogniser.status() == ProviderStatus::Offline => {
            change(context, snapshot.provider.status, Status::Offline, &error.to_string()).await
        }
        Err(_) => Ok(()),
    };
    if let Err(error) = noted {
        tracing::warn!(%error, "the provider's state was not noted");
    }
}

async fn answered(context: &Context, snapshot: &Snapshot, recognition: &Recognition) -> Result<(), DbErr> {
    if context.provider_note.is_due() {
        row::record_answer(&context.db, Utc::now(), recognition.latency.as_secs_f64() * 1_000.0).await?;
    }
    if snapshot.provider.status == Status::Offline {
        change(context, Status::Offline, Status::Connected, "it answers again").await?;
    }
    Ok(())
}

/// Sets the state where it differs from what is `known`; the one caller who changed it raises or resolves the alert.
///
/// # Errors
/// The database is away.
pub async fn change(context: &Context, known: Status, now: Status, message: &str) -> Result<(), DbErr> {
    if known == now || !row::set_status(&context.db, now).await? {
        return Ok(());
    }
    let at = Utc::now();
    let mut told = Vec::from_iter(alert::resolve(&context.db, alerts::PROVIDER_KEY, at).await?);
    if now != Status::Connected {
        told.extend(alert::raise(&context.db, alerts::provider(now, message, at)).await?);
    }
    for event in told.iter().filter_map(events::alert) {
        events::publish(context, event).await;
    }
    Ok(())
}

/// A state of the provider's client, as the table words it.
#[must_use]
pub fn stored(status: ProviderStatus) -> Status {
    match status {
        ProviderStatus::Connected => Status::Connected,
        ProviderStatus::Degraded => Status::Degraded,
        ProviderStatus::Offline => Status::Offline,
    }
}
