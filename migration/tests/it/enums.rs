//! Enumerations stand twice: as a type in the code and as a CHECK in the database. These tests keep the two alike.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ActiveEnum, FromQueryResult, Iterable, raw_sql};
use serde::Serialize;

type Values = BTreeMap<String, BTreeSet<String>>;

#[derive(FromQueryResult)]
struct Allowed {
    column: String,
    value: String,
}

fn texts<E>() -> BTreeSet<String>
where
    E: ActiveEnum<Value = String> + Iterable + Serialize,
{
    let text = |variant: E| {
        let written = variant.to_value();
        assert_eq!(serde_json::to_value(variant).unwrap(), serde_json::Value::from(written.clone()));
        written
    };
    E::iter().map(text).collect()
}

macro_rules! of_columns {
    ($($column:literal: $type:ty),* $(,)?) => {
        Values::from([$(($column.to_owned(), texts::<$type>())),*])
    };
}

fn of_the_code() -> Values {
    use entity::*;
    of_columns! {
        "users.status": user::Status,
        "user_sessions.revocation_reason": user_session::RevocationReason,
        "user_preferences.theme": user_preference::Theme,
        "user_preferences.export_format": export_job::ExportFormat,
        "departments.status": department::Status,
        "cameras.stream_type": camera::StreamType,
        "cameras.status": camera::Status,
        "cameras.direction": camera::Direction,
        "detections.status": detection::Status,
        "detections.provider_kind": detection_provider_config::ProviderKind,
        "detection_event_counts.status": detection_event_log::Status,
        "detection_event_logs.status": detection_event_log::Status,
        "detection_provider_config.kind": detection_provider_config::ProviderKind,
        "detection_provider_config.status": detection_provider_config::Status,
        "attendance_logs.status": attendance_log::Status,
        "attendance_logs.source": attendance_log::Source,
        "attendance_logs.verification_status": attendance_log::VerificationStatus,
        "attendance_logs.odoo_status": attendance_log::OdooStatus,
        "attendance_records.status": attendance_record::Status,
        "face_profiles.status": face_profile::Status,
        "face_images.status": face_image::Status,
        "odoo_config.status": odoo_config::Status,
        "odoo_sync_counts.result": odoo_sync_log::SyncResult,
        "odoo_sync_logs.result": odoo_sync_log::SyncResult,
        "alerts.level": alert::Level,
        "notifications.level": Level,
        "banner_messages.level": Level,
        "audit_logs.severity": Level,
        "audit_logs.status": audit_log::Status,
        "system_metrics.category": system_metric::Category,
        "system_services.status": system_service::Status,
        "system_config.data_type": system_config::DataType,
        "export_jobs.type": export_job::ExportKind,
        "export_jobs.format": export_job::ExportFormat,
        "export_jobs.status": export_job::Status,
        "report_schedules.type": export_job::ExportKind,
        "report_schedules.format": export_job::ExportFormat,
        "job_outbox.outcome": job_outbox::Outcome,
    }
}

#[tokio::test]
async fn each_enumeration_and_its_check_allow_the_same_texts() {
    let database = testkit::database().await;
    let query = raw_sql!(
        Postgres,
        r#"SELECT t.relname || '.' || a.attname AS column, texts[1] AS value
           FROM pg_constraint k
           JOIN pg_class t ON t.oid = k.conrelid AND NOT t.relispartition
           JOIN pg_attribute a ON a.attrelid = t.oid AND k.conkey = ARRAY[a.attnum]
           CROSS JOIN regexp_matches(pg_get_constraintdef(k.oid), '''([^'']*)''::text', 'g') AS texts
           WHERE k.contype = 'c' AND pg_get_constraintdef(k.oid) LIKE '%= ANY (ARRAY[%'"#
    );
    let mut of_the_database = Values::new();
    for Allowed { column, value } in
        Allowed::find_by_statement(query).all(&database.connection).await.unwrap()
    {
        of_the_database.entry(column).or_default().insert(value);
    }
    assert_eq!(of_the_code(), of_the_database);
}
