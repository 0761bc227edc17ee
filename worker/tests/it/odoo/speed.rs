//! How long a backlog takes. `FAULTS=long` takes the whole of it: 10,000 logs in less than a minute.

use std::time::{Duration, Instant};

use odoo::stand_in::Setup;

use super::stage::{OdooStage, PATIENT, at};

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_takes_little_more_than_odoo_itself() {
    let whole = std::env::var("FAULTS").is_ok_and(|length| length == "long");
    let (logs, limit) = if whole { (10_000, 60) } else { (600, 20) };
    let setup = Setup { create_hundred: Duration::from_millis(200), ..Setup::of(19) };
    let stage = OdooStage::with(setup, PATIENT).await;
    for number in 0..logs {
        let person = format!("E{}", number % 500);
        if number < 500 {
            stage.hire(&person);
        }
        let from = at(1, 8) + chrono::TimeDelta::days(number / 500);
        stage.log_at(&person, from, Some(from + chrono::TimeDelta::hours(8))).await;
    }
    let begun = Instant::now();
    assert_eq!(stage.synced().await, (logs.unsigned_abs(), 0));
    let took = begun.elapsed();
    println!("{logs} logs in {:.1} s", took.as_secs_f64());
    assert!(took < Duration::from_secs(limit), "{took:?}");
}
