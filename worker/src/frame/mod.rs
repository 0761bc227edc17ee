//! One frame's way through a worker: captured, looked at, judged, stored, announced. `send_frame` and `capture_frame` differ in
//! who asked and what is kept of an empty picture, not in the steps.

mod announce;
mod faces;
mod log;
mod look;
mod progress;
mod record;
mod report;
mod thumbnail;

pub use look::look;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Camera to look through.
    pub camera_id: &'a str,
    /// Kind of the job, for the guard of its effects.
    pub kind: &'static str,
    /// Whether the camera's interval asked, and not a person.
    pub trigger: attendance::Trigger,
}
