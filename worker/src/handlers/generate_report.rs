//! A report, and the mails that go out with it.

use jobs::{FileReport, GenerateReport};

use crate::{
    context::Context,
    export::{Order, make},
    handler::{Failure, Handle, Run},
};

impl Handle for GenerateReport {
    async fn run(&self, context: &Context, run: &Run) -> Result<FileReport, Failure> {
        let Self { content, format, title, recipients } = self;
        // People open a report, most of them in Excel, which needs the mark to read a CSV.
        let order = Order { content, format: *format, title: title.as_deref(), bom: true, recipients };
        make(context, run, &order).await
    }
}
