//! What people hear of a sync: an alert where many logs failed, and a notification for whoever asked for it.

use chrono::Utc;
use entity::{Level, alert, odoo_config};
use jobs::OdooSyncReport;

use crate::{
    alerts,
    context::Context,
    events,
    handler::{Failure, Run},
    notify::{self, Note},
};

/// Notes the end of a sync, and raises or resolves the alert about failures.
pub(super) async fn world(context: &Context, report: &OdooSyncReport) -> Result<(), Failure> {
    let now = Utc::now();
    odoo_config::record_sync(&context.db, now).await?;
    let threshold = context.configuration.current().await?.settings.odoo_failure_alert_threshold;
    let told = if report.failed > u64::from(threshold) {
        alert::raise(&context.db, alerts::odoo_failures(report.failed, now)).await?
    } else {
        alert::resolve(&context.db, alerts::ODOO_FAILURES_KEY, now).await?
    };
    for event in told.iter().filter_map(events::alert) {
        events::publish(context, event).await;
    }
    Ok(())
}

/// Tells whoever asked for the sync how it ended, once it has.
pub(super) async fn asker(
    context: &Context,
    run: &Run,
    ended: &Result<OdooSyncReport, Failure>,
) -> Result<(), Failure> {
    let (title, message, level) = match ended {
        Ok(report) if report.failed == 0 => {
            (format!("{} attendance logs are in Odoo", report.synced), None, Level::Info)
        }
        Ok(report) => (
            format!("{} attendance logs are in Odoo, {} are not", report.synced, report.failed),
            Some("Each of them says why, under the filter for failed ones.".to_owned()),
            Level::Warning,
        ),
        Err(Failure::Retry(why)) if run.is_last() => gave_up(why),
        Err(Failure::Discard(why)) => gave_up(why),
        Err(Failure::Retry(_) | Failure::NotNow(..)) => return Ok(()),
    };
    if run.actor.is_none() {
        return Ok(());
    }
    let link = Some("/odoo".to_owned());
    let note = Note { job: run.id, user: run.actor, kind: "odoo_sync", title, message, level, link };
    Ok(notify::send(context, note).await?)
}

fn gave_up(why: &str) -> (String, Option<String>, Level) {
    ("The sync with Odoo has failed".to_owned(), Some(why.to_owned()), Level::Critical)
}
