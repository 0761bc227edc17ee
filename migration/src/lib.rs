//! Forward and backward migrations of the database, and its seeds. A migration is never changed once it has been released:
//! the next one corrects it.

mod lock;
mod m20261121_001_create_row_rules;
mod m20261121_002_create_accounts;
mod m20261121_003_create_cameras;
mod m20261121_004_create_detections;
mod m20261121_005_create_faces;
mod m20261121_006_create_attendance;
mod m20261121_007_create_odoo;
mod m20261121_008_create_messages;
mod m20261121_009_create_audit_logs;
mod m20261121_010_create_system;
mod m20261121_011_create_exports;
mod m20261121_012_create_jobs;
mod m20261121_013_create_report_views;
mod m20261121_014_create_idempotency_keys;
mod m20261121_015_separate_last_run;
mod m20261121_016_note_attendance_changes;
mod m20261121_017_note_what_was_entered;
mod m20261121_018_serve_statistics;
mod m20261121_019_prepare_exports;
mod m20261121_020_continue_syncs;
mod m20261121_021_remember_cancellations;
mod m20261121_022_count_detection_events;
mod m20261121_023_find_deletions;
mod m20261121_024_know_departments;
mod m20261121_025_tidy_beside_readers;
mod m20261121_026_count_odoo_syncs;
mod m20261121_027_fold_departments;
mod script;
pub mod seed;

pub use lock::exclusively;
pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_001_create_row_rules::Migration),
            Box::new(m20261121_002_create_accounts::Migration),
            Box::new(m20261121_003_create_cameras::Migration),
            Box::new(m20261121_004_create_detections::Migration),
            Box::new(m20261121_005_create_faces::Migration),
            Box::new(m20261121_006_create_attendance::Migration),
            Box::new(m20261121_007_create_odoo::Migration),
            Box::new(m20261121_008_create_messages::Migration),
            Box::new(m20261121_009_create_audit_logs::Migration),
            Box::new(m20261121_010_create_system::Migration),
            Box::new(m20261121_011_create_exports::Migration),
            Box::new(m20261121_012_create_jobs::Migration),
            Box::new(m20261121_013_create_report_views::Migration),
            Box::new(m20261121_014_create_idempotency_keys::Migration),
            Box::new(m20261121_015_separate_last_run::Migration),
            Box::new(m20261121_016_note_attendance_changes::Migration),
            Box::new(m20261121_017_note_what_was_entered::Migration),
            Box::new(m20261121_018_serve_statistics::Migration),
            Box::new(m20261121_019_prepare_exports::Migration),
            Box::new(m20261121_020_continue_syncs::Migration),
            Box::new(m20261121_021_remember_cancellations::Migration),
            Box::new(m20261121_022_count_detection_events::Migration),
            Box::new(m20261121_023_find_deletions::Migration),
            Box::new(m20261121_024_know_departments::Migration),
            Box::new(m20261121_025_tidy_beside_readers::Migration),
            Box::new(m20261121_026_count_odoo_syncs::Migration),
            Box::new(m20261121_027_fold_departments::Migration),
        ]
    }
}
