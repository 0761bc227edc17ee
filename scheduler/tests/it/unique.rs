//! Ticks of a kind that allows one job at a time.

use std::time::Duration;

use jobs::Job;
use jobs::catalogue::{Entry, every};
use queue::{Unique, Window};
use serde::{Deserialize, Serialize};
use testkit::eventually;
use tokio::time::sleep;

use crate::setting::Setting;

/// Work of which one at a time is enough.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Gong {}

impl Job for Gong {
    const KIND: &'static str = "gong";
    const QUEUE: &'static str = "default";
    type Output = ();

    fn unique(&self) -> Option<Unique> {
        Some(Unique { key: "gong".to_owned(), window: Window::UntilFinished })
    }
}

const EVERY_SECOND: &[Entry] = &[every::<Gong>("* * * * * *")];

#[tokio::test]
async fn a_tick_gets_its_job_as_soon_as_the_one_before_has_ended_though_nobody_sweeps() {
    let setting = Setting::new().await;
    let ticker = setting.start_ticker(EVERY_SECOND).await;
    let queues = setting.queues();
    for ticks in 1..=3 {
        let accepted = async || {
            let rows = setting.accepted(Gong::KIND).await;
            (rows.len() >= ticks).then(|| rows[ticks - 1].id)
        };
        let id = eventually(Duration::from_secs(4), "the tick has a job of its own", accepted).await;
        let known = async || queues.job(id).await.unwrap();
        eventually(Duration::from_secs(2), "its job was pushed", known).await;
        // One that waits still is joined by the next tick.
        sleep(Duration::from_millis(1_200)).await;
        assert_eq!(setting.accepted(Gong::KIND).await.len(), ticks);
        queues.cancel(id).await.unwrap();
    }
    setting.stop(vec![ticker]).await;
}
