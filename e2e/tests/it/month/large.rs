//! A file of 200,000 logs: asked for, followed, and downloaded within seconds.

use std::time::{Duration, Instant};

use e2e::Stage;
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use testkit::provider::Answer;

use super::files;

const LOGS: usize = 200_000;

/// Logs of a thousand people on two hundred days.
const SEED: &str = "
INSERT INTO attendance_logs (id, employee_id, name, date, time_in, time_out, check_in_at, check_out_at, status, source)
SELECT format('ATT-%s-%s', to_char(day, 'YYYYMMDD'), lpad(who::text, 4, '0')), format('EMP-%s', who), format('Person %s', who), day,
       '08:00', '16:30', day + interval '8 hours', day + interval '16 hours 30 minutes', 'present', 'camera'
FROM generate_series(1, 1000) AS who, generate_series(date '2025-01-01', date '2025-07-19', interval '1 day') AS day";

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_thousand_logs_are_asked_for_followed_and_downloaded_within_seconds() {
    let stage = Stage::set(Answer::nobody()).await;
    let admin = stage.sign_in().await;
    let _worker = stage.worker().await;
    stage.db.execute_unprepared(SEED).await.unwrap();

    let began = Instant::now();
    let file = files::download(&stage, &admin, "csv", &json!({})).await;
    let took = began.elapsed();

    assert_eq!(files::csv_rows(&file.bytes).len(), LOGS);
    assert_eq!(
        (&file.export["recordCount"], &file.export["fileSize"]),
        (&json!(LOGS), &json!(file.bytes.len()))
    );
    assert!(file.progress.iter().any(|percent| (1..100).contains(percent)), "{:?}", file.progress);
    assert!(file.progress.is_sorted(), "{:?}", file.progress);
    assert!(took < Duration::from_secs(10), "{took:?}");
    println!("{LOGS} logs, {} bytes: {took:.2?}", file.bytes.len());
}
