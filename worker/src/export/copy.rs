//! The fast way of a CSV of logs: the database writes the values, we end the lines, and storage takes them. No row becomes a value
//! of ours on the way.

use documents::{Options, Writer};
use entity::attendance_log;
use futures_util::TryStreamExt as _;
use platform::storage::Upload;

use super::{content, line, meter::Meter, trouble::Trouble};
use crate::context::Context;

/// Bytes that are handed on together.
const CHUNK: usize = 256 << 10;

/// Copies the logs of `filter` into `upload`, and answers how many they are.
pub(super) async fn logs(
    context: &Context,
    filter: &attendance_log::Filter,
    bom: bool,
    meter: &mut Meter<'_>,
    upload: &mut Upload,
) -> Result<u64, Trouble> {
    meter.begin(attendance_log::count(&context.db, filter).await?).await;
    upload.write(&heading(bom)?).await?;
    let mut connection = context.db.get_postgres_connection_pool().acquire().await?;
    // A copy can only be ended early with its connection: were it given back, somebody else would read the rest first.
    connection.close_on_drop();
    let mut rows = connection.copy_out_raw(&attendance_log::copy_statement(filter)).await?;
    let (mut text, mut count) = (Vec::with_capacity(CHUNK + CHUNK / 8), 0);
    while let Some(row) = rows.try_next().await? {
        line::append(&row, &mut text);
        count += 1;
        if text.len() >= CHUNK {
            upload.write(&text).await?;
            text.clear();
            meter.at(count).await;
        }
    }
    upload.write(&text).await?;
    Ok(count)
}

/// The first line, as the writer of all other CSVs makes it.
fn heading(bom: bool) -> Result<Vec<u8>, documents::Error> {
    let options = Options { csv_bom: bom, ..Options::default() };
    let layout = content::bare_layout(content::attendance::columns());
    Writer::begin(documents::Format::Csv, layout, &options, Vec::new())?
        .finish(&documents::Summary::default())
}
