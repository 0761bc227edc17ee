//! A file asked for as the frontend does it, followed over the WebSocket, downloaded, and read with other people's programs.

use std::{io::Cursor, process::Command, time::Duration};

use calamine::{Data, Reader as _, Xlsx};
use e2e::{Client, Stage};
use serde_json::{Value, json};

/// What came of asking.
pub struct Download {
    /// The row under `/exports`.
    pub export: Value,
    /// What the WebSocket said on the way, in percent.
    pub progress: Vec<i64>,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Asks for logs as a file, and downloads it by its signed address.
pub async fn download(stage: &Stage, client: &Client, format: &str, filters: &Value) -> Download {
    let mut socket = stage.socket(client, &["jobs"]).await;
    let asked = client.post("/attendance/export", &json!({ "format": format, "filters": filters })).await;
    let mut progress = Vec::new();
    loop {
        let message = socket.next_where(|message| message["job"]["id"] == asked["jobId"]).await;
        progress.extend(message["job"]["progress"].as_i64());
        if message["job"]["status"] == "done" {
            break;
        }
    }
    client.done(asked["jobId"].as_str().unwrap(), Duration::from_secs(10)).await;
    let export = client.get(&format!("/exports/{}", asked["exportId"].as_str().unwrap())).await;
    assert_eq!(export["status"], "completed", "{export}");
    let answer = reqwest::get(export["downloadUrl"].as_str().unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    Download { bytes: answer.bytes().await.unwrap().to_vec(), export, progress }
}

/// The lines of a CSV file below its headings, each with its cells by heading.
pub fn csv_rows(bytes: &[u8]) -> Vec<Value> {
    let mut reader = csv::Reader::from_reader(bytes);
    let headings = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        headings.iter().zip(&record).map(|(name, cell)| (name.to_owned(), Value::from(cell))).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// The rows of a workbook's first sheet below its headings, times and dates as a spreadsheet keeps them: days and parts of a day.
pub fn xlsx_rows(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().skip(1).map(<[Data]>::to_vec).collect()
}

/// The text of a PDF, a line a line, as `pdftotext` of poppler reads it.
pub fn pdf_lines(bytes: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("logs.pdf");
    std::fs::write(&file, bytes).unwrap();
    let read = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output().unwrap();
    assert!(read.status.success());
    let text = String::from_utf8(read.stdout).unwrap();
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}
