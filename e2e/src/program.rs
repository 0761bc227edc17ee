//! One running binary and the port on which it answers.

use serde_json::Value;
use testkit::free_port;
use testkit::process::{self, Process};

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

    /// Whether it is ready, and what it says about it.
    pub async fn readiness(&self) -> (bool, String) {
        let answer = reqwest::get(format!("{}/health/ready", self.url)).await.unwrap();
        (answer.status().is_success(), answer.json::<Value>().await.unwrap()["status"].to_string())
    }

    /// Whether this worker made an attempt, as `GET /jobs` shows it: workers are named by host, process and a random part.
    #[must_use]
    pub fn made(&self, attempt: &Value) -> bool {
        attempt["worker"].as_str().is_some_and(|name| name.contains(&format!("-{}-", self.process.id())))
    }
}
