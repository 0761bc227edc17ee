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
pub mod exports;
pub mod health;
pub mod jobs;
pub mod metrics;
pub mod odoo;
pub mod provider;
pub mod queues;
pub mod reports;
pub mod roles;
pub mod schedules;
mod service;
pub mod shifts;
mod site;
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
    /// Attendance added up.
    Reports,
    /// Attendance on its way to Odoo.
    Odoo,
    /// Jobs, queues, workers and schedules.
    Jobs,
    /// Whether the system works.
    System,
}

/// Every documented route.
pub fn all(app: &Arc<App>) -> impl OpenApi + use<> {
    (auth::Api(Arc::clone(app)), roles::Api(Arc::clone(app)), the_main_job(app), health::Api(Arc::clone(app)))
}

/// Who came and went, one by one and added up.
fn the_attendance(app: &Arc<App>) -> impl OpenApi + use<> {
    (
        attendance::Api(Arc::clone(app)),
        attendance::entries::Api(Arc::clone(app)),
        shifts::Api(Arc::clone(app)),
        attendance::figures::Api(Arc::clone(app)),
        attendance::person::Api(Arc::clone(app)),
        reports::daily::Api(Arc::clone(app)),
        reports::monthly::Api(Arc::clone(app)),
        reports::department::Api(Arc::clone(app)),
    )
}

/// Files of attendance, asked for and scheduled.
fn the_files(app: &Arc<App>) -> impl OpenApi + use<> {
    (
        exports::Api(Arc::clone(app)),
        exports::attendance::Api(Arc::clone(app)),
        reports::generate::Api(Arc::clone(app)),
        reports::schedules::Api(Arc::clone(app)),
    )
}

/// From the cameras to who was there, and the jobs in between.
fn the_main_job(app: &Arc<App>) -> impl OpenApi + use<> {
    (
        cameras::Api(Arc::clone(app)),
        detections::Api(Arc::clone(app)),
        provider::Api(Arc::clone(app)),
        the_attendance(app),
        the_files(app),
        (odoo::Api(Arc::clone(app)), odoo::sync::Api(Arc::clone(app))),
        jobs::Api(Arc::clone(app)),
        queues::Api(Arc::clone(app)),
        workers::Api(Arc::clone(app)),
        schedules::Api(Arc::clone(app)),
    )
}
