//! What work exists: one payload a file, each saying by itself on which queue it runs, how often it is tried and what
//! it must not collide with; and the two ways to ask for it, in a transaction through the outbox or directly.
//!
//! A new kind of job is a payload here, a handler in `worker/src/handlers/`, and one line in the worker's registry.

mod capture_frame;
pub mod catalogue;
mod check_camera_health;
mod cleanup_capture_guards;
mod cleanup_old_data;
mod close_attendance_day;
mod content;
mod delete_odoo_record;
mod enqueue;
mod error;
mod expire_presence;
mod generate_export;
mod generate_report;
mod holder;
mod job;
mod known;
mod odoo_sync;
mod outbox;
mod recompute_day;
mod reopen;
mod sample_cameras;
mod scheduled_odoo_sync;
mod send_email;
mod send_frame;
mod test_detection_provider;
mod trace;
mod wanted;
mod work;

pub use capture_frame::CaptureFrame;
pub use check_camera_health::{CameraHealthReport, CheckCameraHealth};
pub use cleanup_capture_guards::CleanupCaptureGuards;
pub use cleanup_old_data::{CleanupOldData, CleanupReport};
pub use close_attendance_day::{CloseAttendanceDay, CloseReport};
pub use content::{Content, file_key, title_of};
pub use delete_odoo_record::{DeleteOdooRecord, DeleteOdooReport};
pub use enqueue::{Pending, enqueue, enqueue_all, enqueue_as, enqueue_in};
pub use error::EnqueueError;
pub use expire_presence::ExpirePresence;
pub use generate_export::{FileReport, GenerateExport};
pub use generate_report::GenerateReport;
pub use holder::enqueue_or_join;
pub use job::{Job, Origin};
pub use known::kinds;
pub use odoo_sync::{OdooSync, OdooSyncReport};
pub use outbox::{Sweep, sweep};
pub use recompute_day::{LogChange, LogTimes, RecomputeDay, RecomputeReport};
pub use reopen::{Reopened, reopen};
pub use sample_cameras::SampleCameras;
pub use scheduled_odoo_sync::{ScheduledOdooSync, ScheduledOdooSyncReport};
pub use send_email::{EmailReport, SendEmail};
pub use send_frame::{FrameReport, SendFrame, Steps};
pub use test_detection_provider::{ProviderReport, TestDetectionProvider};
pub use wanted::{Asker, Period, Wanted, WrongFilter};
pub use work::Work;

/// Names of the queues, for whoever serves or lists them.
pub mod queues {
    /// Frames: many, short, and never behind a report.
    pub const CAPTURE: &str = "capture";
    /// Small jobs that somebody waits for.
    pub const DEFAULT: &str = "default";
    /// The house's own upkeep.
    pub const SYSTEM: &str = "system";
    /// Calls to other systems.
    pub const INTEGRATIONS: &str = "integrations";
    /// Long ones: files.
    pub const EXPORTS: &str = "exports";

    /// All of them.
    pub const ALL: [&str; 5] = [CAPTURE, DEFAULT, SYSTEM, INTEGRATIONS, EXPORTS];
}
