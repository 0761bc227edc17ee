//! Tables of the database, one a file, with their scoped queries. Every query is a function that takes `&impl ConnectionTrait`,
//! so that it runs on the pool or inside a transaction alike; times and random values come from the caller.
//!
//! `created_at` and `updated_at` are kept by the database: columns default to `now()`, and the trigger `touch_updated_at` of
//! the migrations moves `updated_at` at every UPDATE, statements of many rows and upserts included. Models only read them.
#![expect(
    clippy::disallowed_methods,
    reason = "of models, sea_orm derives code that begins transactions; nobody calls it"
)]

mod binary_copy;
mod insert;
mod key;
mod search;

pub mod alert;
pub mod api_key;
pub mod attendance_log;
pub mod attendance_log_change;
pub mod attendance_record;
pub mod attendance_report;
pub mod attendance_statistics;
pub mod attendance_today;
pub mod audit_log;
pub mod banner_message;
pub mod camera;
pub mod camera_summary;
pub mod closed_day;
pub mod department;
pub mod detection;
pub mod detection_event_count;
pub mod detection_event_log;
pub mod detection_provider_config;
pub mod edit;
pub mod export_job;
pub mod face_image;
pub mod face_profile;
pub mod id_counter;
pub mod idempotency_key;
pub mod job_effect;
pub mod job_outbox;
pub mod level;
pub mod login_attempt;
pub mod look;
pub mod notification;
pub mod notification_receipt;
pub mod odoo_config;
pub mod odoo_sync_count;
pub mod odoo_sync_log;
pub mod page;
pub mod person_history;
pub mod removal;
pub mod report_schedule;
pub mod role;
pub mod schedule;
pub mod secret;
pub mod shift_schedule;
pub mod system_config;
pub mod system_metric;
pub mod system_service;
pub mod text_list;
mod transaction;
pub mod user;
pub mod user_preference;
pub mod user_session;
mod whole_days;

pub use binary_copy::CopyError;
pub use edit::Edit;
pub use level::Level;
pub use page::{Page, Paged};
pub use removal::{Batch, Removed};
pub use secret::Secret;
pub use text_list::TextList;
pub use transaction::{begin, begin_snapshot};
