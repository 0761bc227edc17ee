//! One file a resource, each with one `Api` struct. A route checks its permission by its signature, calls one function
//! and wraps the answer. [`all`] is the list of them.

use std::sync::Arc;

use poem_openapi::{OpenApi, Tags};

use crate::state::App;

pub mod attendance;
pub mod auth;
pub mod cameras;
pub mod detections;
mod difference;
pub mod docs;
pub mod health;
pub mod jobs;
pub mod metrics;
pub mod provider;
pub mod queues;
pub mod roles;
pub mod schedules;
mod text;
mod user_account;
pub mod workers;

/// Headings of the OpenAPI document.
#[derive(Tags)]
pub enum Tag {
    /// Signing in and staying signed in.
    Authentication,
    /// Users and roles.
    Users,
    /// Cameras and their streams.
    Cameras,
    /// Who was seen, and by which recogniser.
    Detections,
    /// Who came and went.
    Attendance,
    /// Jobs, queues, workers and schedules.
    Jobs,
    /// Whether the system works.
    System,
}

/// Every documented route.
pub fn all(app: &Arc<App>) -> impl OpenApi + use<> {
    (auth::Api(Arc::clone(app)), roles::Api(Arc::clone(app)), the_main_job(app), health::Api(Arc::clone(app)))
}

/// From the cameras to who was there, and the jobs in between.
fn the_main_job(app: &Arc<App>) -> impl OpenApi + use<> {
    (
        cameras::Api(Arc::clone(app)),
        detections::Api(Arc::clone(app)),
        provider::Api(Arc::clone(app)),
        attendance::Api(Arc::clone(app)),
        jobs::Api(Arc::clone(app)),
        queues::Api(Arc::clone(app)),
        workers::Api(Arc::clone(app)),
        schedules::Api(Arc::clone(app)),
    )
}
