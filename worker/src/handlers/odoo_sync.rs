//! Attendance logs on their way to Odoo.

use jobs::{OdooSync, OdooSyncReport};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
    odoo,
};

impl Handle for OdooSync {
    async fn run(&self, context: &Context, run: &Run) -> Result<OdooSyncReport, Failure> {
        // Boxed, since it is the largest of all handlers and each of them carries its place.
        Box::pin(odoo::sync(context, run, self.record_ids.as_deref())).await
    }
}
