//! A file of attendance logs.

use jobs::{FileReport, GenerateExport};

use crate::{
    context::Context,
    export::{Order, make},
    handler::{Failure, Handle, Run},
};

impl Handle for GenerateExport {
    async fn run(&self, context: &Context, run: &Run) -> Result<FileReport, Failure> {
        let Self { content, format, bom } = self;
        make(context, run, &Order { content, format: *format, title: None, bom: *bom, recipients: &[] }).await
    }
}
