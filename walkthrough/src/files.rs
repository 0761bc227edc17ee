//! The files of the story: attendance as CSV and as PDF, each made by a job, downloaded and looked into.

use std::{path::PathBuf, time::Instant};

use serde_json::json;

use crate::{
    client::{Client, Listener},
    error::Error,
    setting::setting,
    story,
    table::Table,
};

const FORMATS: [&str; 2] = ["csv", "pdf"];

/// Has both made, and keeps them where the reader can open them.
pub async fn show(
    client: &Client,
    listener: &mut Listener,
    expected: &[&str],
    table: &mut Table,
) -> Result<(), Error> {
    let folder = PathBuf::from(setting("DEMO_DOWNLOADS")?);
    std::fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
    for format in FORMATS {
        let asked = Instant::now();
        let (rows, file) = make(client, listener, format).await?;
        if !holds(format, &file, expected) {
            return Err(Error::Failed(format!("the {format} of attendance lacks somebody")));
        }
        let path = folder.join(format!("attendance.{format}"));
        std::fs::write(&path, &file).map_err(|error| failed(&error))?;
        let what = format!("{rows} rows, {} bytes: {}", file.len(), path.display());
        table.row(&format!("attendance/export: {format} downloaded"), asked.elapsed(), &what);
    }
    Ok(())
}

/// How many rows the file has, and the file.
async fn make(client: &Client, listener: &mut Listener, format: &str) -> Result<(u64, Vec<u8>), Error> {
    let answer = client.post("/attendance/export", &json!({ "format": format, "filters": {} })).await?;
    let [job, export] = ["jobId", "exportId"].map(|key| answer[key].as_str().unwrap_or_default());
    story::finished(client, listener, job).await?;
    let row = client.get(&format!("/exports/{export}")).await?;
    let url = row["downloadUrl"].as_str().ok_or(Error::Unexpected("a file without an address"))?;
    let file = reqwest::get(url).await?.error_for_status()?.bytes().await?;
    Ok((row["recordCount"].as_u64().unwrap_or_default(), file.to_vec()))
}

/// Whether the file is one of its kind; a CSV can be read here, and names everybody.
fn holds(format: &str, file: &[u8], expected: &[&str]) -> bool {
    match format {
        "pdf" => file.starts_with(b"%PDF-"),
        _ => {
            let text = String::from_utf8_lossy(file);
            expected.iter().all(|id| text.lines().any(|line| line.split(',').nth(1) == Some(id)))
        }
    }
}

fn failed(error: &std::io::Error) -> Error {
    Error::Failed(format!("the files cannot be kept: {error}"))
}
