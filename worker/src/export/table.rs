//! Rows into a document, and the document into storage, all at the same time: this task reads rows, a thread writes the document,
//! and what it has written is uploaded.

use std::io;

use bytes::Bytes;
use chrono::Utc;
use documents::{Format, Layout, Options, Writer};
use platform::storage::Upload;
use tokio::sync::mpsc;

use super::{
    content::{Source, attendance},
    meter::Meter,
    order::Order,
    sink::{Message, Sink},
    trouble::Trouble,
};
use crate::context::Context;

/// Batches of rows, and pieces of the document, that may wait for each other.
const WAITING: usize = 4;
/// Bytes of a piece.
const PIECE: usize = 128 << 10;

/// Writes the document and answers how many rows it has.
pub(super) async fn write(
    context: &Context,
    order: &Order<'_>,
    source: Source<'_>,
    meter: &mut Meter<'_>,
    upload: &mut Upload,
) -> Result<u64, Trouble> {
    let (rows, rows_of_writer) = mpsc::channel(WAITING);
    let (pieces, mut written) = mpsc::channel::<Bytes>(WAITING);
    let layout = source.layout(order.title(), Utc::now());
    let options = Options { csv_bom: order.bom, fonts: context.fonts.clone() };
    let format = order.format();
    let writing = tokio::task::spawn_blocking(move || {
        write_document(format, layout, &options, rows_of_writer, Pipe::new(pieces))
    });
    let read = source.read(&context.db, Sink::new(rows, format, meter));
    let store = async {
        while let Some(piece) = written.recv().await {
            upload.write(&piece).await?;
        }
        Ok(())
    };
    let moved = tokio::try_join!(read, store);
    // Where one end has failed, the writer finds its channels closed and ends.
    drop(written);
    let document = writing.await.map_err(Trouble::WriterPanicked)?;
    match (moved, document) {
        (Ok(_), Ok(rows)) => Ok(rows),
        (Ok(_) | Err(Trouble::WriterGone), Err(trouble)) => Err(trouble),
        (Err(trouble), _) => Err(trouble),
    }
}

/// The thread's work; answers how many rows the document has.
fn write_document(
    format: Format,
    layout: Layout,
    options: &Options,
    mut rows: mpsc::Receiver<Message>,
    out: Pipe,
) -> Result<u64, Trouble> {
    let mut writer = Writer::begin(format, layout, options, out)?;
    while let Some(message) = rows.blocking_recv() {
        match message {
            Message::Rows(rows) => rows.iter().try_for_each(|row| writer.row(row))?,
            Message::CopiedLogs(logs) => attendance::write_copied(&logs, &mut writer)?,
            Message::End(summary) => {
                let count = writer.rows();
                writer.finish(&summary)?;
                return Ok(count);
            }
        }
    }
    Err(documents::Error::from(io::Error::from(io::ErrorKind::BrokenPipe)).into())
}

/// Hands what is written to the upload, piece by piece; waits where that is behind.
struct Pipe {
    pieces: mpsc::Sender<Bytes>,
    filling: Vec<u8>,
}

impl Pipe {
    fn new(pieces: mpsc::Sender<Bytes>) -> Self {
        Self { pieces, filling: Vec::new() }
    }
}

impl io::Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.filling.extend_from_slice(bytes);
        if self.filling.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.filling.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.filling));
        self.pieces.blocking_send(piece).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
