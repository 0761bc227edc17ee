//! The way of rows from the database to the thread that writes the document. Rows go in batches, and a batch waits until the
//! writer has room: so a slow writer slows the database down, and memory stays bounded.

use documents::{Cell, Format, Summary};
use tokio::sync::mpsc;

use super::{meter::Meter, trouble::Trouble};

/// One row of a table.
pub(super) type Row = Vec<Cell<'static>>;

/// Rows that go together.
const BATCH: usize = 500;

/// What the writer gets.
pub(super) enum Message {
    /// The next rows.
    Rows(Vec<Row>),
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

    /// Takes what there is to say of all rows.
    pub(super) async fn end(mut self, summary: Summary) -> Result<(), Trouble> {
        self.pass_on().await?;
        let end = Message::End(Box::new(summary));
        self.writer.send(end).await.map_err(|_| Trouble::WriterGone)
    }

    async fn pass_on(&mut self) -> Result<(), Trouble> {
        let rows = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        self.passed += rows.len() as u64;
        self.writer.send(Message::Rows(rows)).await.map_err(|_| Trouble::WriterGone)?;
        self.meter.at(self.passed).await;
        Ok(())
    }
}
