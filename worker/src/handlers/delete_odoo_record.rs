//! The end of a record in Odoo whose log was deleted here.

use jobs::{DeleteOdooRecord, DeleteOdooReport};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
    odoo,
};

impl Handle for DeleteOdooRecord {
    async fn run(&self, context: &Context, run: &Run) -> Result<DeleteOdooReport, Failure> {
        Box::pin(odoo::remove(context, run, self)).await
    }
}
