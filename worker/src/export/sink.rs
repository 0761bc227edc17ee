//! The way of rows from the database to the thread that writes the document. Rows go in batches, and a batch waits until the
//! writer has room: so a slow writer slows the database down, and memory stays bounded.

use bytes::Bytes;
use documents::{Cell, Format, Summary};
use tokio::sync::mpsc;

use super::{meter::Meter, trouble::Trouble};

/// One row of a table.
pub(super) type Row = Vec<Cell<'static>>;

/// Rows that go together.
pub(super) const BATCH: usize = 500;

/// What the writer gets.
pub(super) enum Message {
    /// The next rows.
    Rows(Vec<Row>),
    /// The next attendance logs, as the database copies them: the writer reads them.
    CopiedLogs(Vec<Bytes>),
    /// There are no more.
    End(Box<Summary>),
}

/// Takes rows.
pub(super) struct Sink<'m, 'a> {
    writer: mpsc::Sender<Message>,
    batch: Vec<Row>,
    passed: u64,
    format: Format,
    meter: &'m mut Meter<'a>,
}

impl<'m, 'a> Sink<'m, 'a> {
    pub(super) fn new(writer: mpsc::Sender<Message>, format: Format, meter: &'m mut Meter<'a>) -> Self {
        Self { writer, batch: Vec::with_capacity(BATCH), passed: 0, format, meter }
    }

    /// The format that the rows are for.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Tells how many rows there will be. More than the document can hold are refused now, and not after minutes of writing.
    pub(super) async fn expect(&mut self, total: u64) -> Result<(), Trouble> {
        self.format.must_hold(total)?;
        self.meter.begin(total).await;
        Ok(())
    }

    /// Takes a row.
    pub(super) async fn push(&mut self, row: Row) -> Result<(), Trouble> {
        self.batch.push(row);
        if self.batch.len() >= BATCH { self.pass_on().await } else { Ok(()) }
    }

    /// Takes logs as they are copied, and the message that ends the copy with the last of them.
    pub(super) async fn pass_copied(&mut self, logs: Vec<Bytes>) -> Result<(), Trouble> {
        let count = logs.len();
        self.send(Message::CopiedLogs(logs), count).await
    }

    /// Takes what there is to say of all rows.
    pub(super) async fn end(mut self, summary: Summary) -> Result<(), Trouble> {
        self.pass_on().await?;
        self.send(Message::End(Box::new(summary)), 0).await
    }

    async fn pass_on(&mut self) -> Result<(), Trouble> {
        let rows = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        let count = rows.len();
        self.send(Message::Rows(rows), count).await
    }

    async fn send(&mut self, message: Message, rows: usize) -> Result<(), Trouble> {
        self.writer.send(message).await.map_err(|_| Trouble::WriterGone)?;
        self.passed += rows as u64;
        self.meter.at(self.passed).await;
        Ok(())
    }
}
