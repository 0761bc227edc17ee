//! The real `rollcall-provider`, with the people of the scenes enrolled.

use std::path::Path;
use std::process::Command;

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::stage::secret;
use crate::{Client, Program, Stage};

/// A running recogniser.
#[derive(Debug)]
pub struct Recogniser {
    /// Its process.
    pub program: Program,
    /// The key that callers must show.
    pub api_key: String,
    _people: tempfile::TempDir,
}

impl Recogniser {
    /// Starts it, enrols everybody, and lets `administrator` point the platform to it.
    pub async fn start(stage: &Stage, administrator: &Client) -> Self {
        let (people, api_key) = (tempfile::tempdir().unwrap(), secret());
        let own = [
            ("PROVIDER_DATA_DIR", people.path().display().to_string()),
            ("PROVIDER_API_KEY", api_key.clone()),
            ("ROLLCALL_MODEL_DIR", models()),
        ];
        let environment = [&stage.environment, &own[..]].concat();
        let program = Program::start("rollcall-provider", "PROVIDER_BIND", "/health", &environment).await;
        let recogniser = Self { program, api_key, _people: people };
        for person in testkit::camera::manifest()["people"].as_array().unwrap() {
            recogniser.enrol(person).await;
        }
        let config =
            json!({ "endpoint": recogniser.program.url, "apiKey": recogniser.api_key, "timeoutMs": 10_000 });
        administrator.put("/detections/provider/config", &config).await;
        recogniser
    }

    async fn enrol(&self, person: &Value) {
        let mut form = Form::new().text("name", text(&person["name"]));
        for picture in person["enrol"].as_array().unwrap() {
            let bytes = std::fs::read(text(picture)).unwrap();
            form = form.part("images[]", Part::bytes(bytes).file_name("portrait.jpg"));
        }
        let url = format!("{}/people/{}", self.program.url, text(&person["employeeId"]));
        let request = reqwest::Client::new().put(url).bearer_auth(&self.api_key).multipart(form);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The folder of the models, which are downloaded unless they are there.
fn models() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/fetch-models");
    let output = Command::new(script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
