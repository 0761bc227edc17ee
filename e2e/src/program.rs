//! One running binary and the port on which it answers.

use std::time::Duration;

use serde_json::Value;
use testkit::process::{self, Process};
use testkit::{eventually, free_port};

/// A running binary; it is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    /// The process.
    pub process: Process,
    /// Base URL of its port, without a slash at the end.
    pub url: String,
}

impl Program {
    /// Starts `name`, told by the variable `bind` where to listen, and waits until `ready` (a path) answers.
    pub async fn start(name: &str, bind: &str, ready: &str, environment: &[(&str, String)]) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut settings: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        settings.push((bind, &address));
        let mut process = process::start(name, &settings);
        let url = format!("http://{address}");
        process.ready(&format!("{url}{ready}")).await;
        Self { process, url }
    }

    /// Waits until it says that it is ready, or not, in these words.
    pub async fn says(&self, ready: bool, words: &str) {
        let url = format!("{}/health/ready", self.url);
        eventually(Duration::from_secs(15), &format!("{url} says {ready}, {words:?}"), async || {
            let answer = reqwest::get(&url).await.unwrap();
            let same = answer.status().is_success() == ready;
            (same && answer.text().await.unwrap().contains(words)).then_some(())
        })
        .await;
    }

    /// Whether this worker made an attempt, as `GET /jobs` shows it: workers are named by host, process and a random part.
    #[must_use]
    pub fn made(&self, attempt: &Value) -> bool {
        attempt["worker"].as_str().is_some_and(|name| name.contains(&format!("-{}-", self.process.id())))
    }
}
