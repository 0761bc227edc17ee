//! A report, and the mails that go out with it.

use jobs::{FileReport, GenerateReport};

use crate::{
    context::Context,
    export::{Order, make},
    handler::{Failure, Handle, Run},
};

impl Handle for GenerateReport {
    async fn run(&self, context: &Context, run: &Run) -> Result<FileReport, Failure> {
        let Self { content, format, title, bom, recipients } = self;
        let order = Order { content, format: *format, title: title.as_deref(), bom: *bom, recipients };
        make(context, run, &order).await
    }
}
