//! A document of the gallery, with all its rows in memory.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime, TimeZone};
use documents::{Cell, Column, Format, Kind, Layout, Options, Summary, Writer};

pub struct Document {
    pub name: &'static str,
    pub layout: Layout,
    pub rows: Vec<Vec<Cell<'static>>>,
    pub summary: Summary,
}

impl Document {
    pub fn write(&self, folder: &Path, format: Format) -> Result<(), Box<dyn Error>> {
        let file = File::create(folder.join(format!("{}.{}", self.name, format.extension())))?;
        let options = Options { csv_bom: true, ..Options::default() };
        let mut table = Writer::begin(format, self.layout.clone(), &options, BufWriter::new(file))?;
        for row in &self.rows {
            table.row(row)?;
        }
        table.finish(&self.summary)?;
        Ok(())
    }
}

/// A layout made on the evening of 30 November 2026.
pub fn layout(title: &str, period: &str, filters: &[(&str, &str)], columns: Vec<Column>) -> Layout {
    let evening = NaiveTime::from_hms_opt(18, 4, 0).unwrap_or_default();
    Layout {
        title: title.to_owned(),
        subtitle: vec![period.to_owned()],
        filters: filters.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect(),
        generated_at: chrono_tz::Europe::Berlin.from_utc_datetime(&day(30).and_time(evening)),
        columns,
    }
}

/// Columns from their headings, kinds, and characters where these are not the usual ones.
pub fn columns(described: &[(&str, Kind, Option<u16>)]) -> Vec<Column> {
    let column = |(heading, kind, chars): &(&str, Kind, Option<u16>)| {
        let column = Column::new(*heading, *kind);
        chars.map_or(column.clone(), |chars| column.chars(chars))
    };
    described.iter().map(column).collect()
}

/// A day of November 2026.
pub fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).unwrap_or_default()
}

/// So many seconds after midnight.
pub fn time(seconds: u32) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(seconds % 86_400, 0).unwrap_or_default()
}
