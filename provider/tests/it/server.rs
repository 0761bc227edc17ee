//! A provider in this process, with an empty people store of its own, on a port of its own.

use std::collections::HashMap;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use provider::engine::Engine;
use provider::http::serve;
use provider::people::People;
use provider::recogniser::Recogniser;
use provider::settings::Settings;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::cache;

pub struct Provider {
    pub address: SocketAddr,
    pub client: reqwest::Client,
    _people: TempDir,
}

impl Provider {
    pub async fn start() -> Self {
        Self::with_settings(&[]).await
    }

    pub async fn with_settings(variables: &[(&str, &str)]) -> Self {
        let variables: HashMap<_, _> = [("HOME", "/nonexistent")].iter().chain(variables).copied().collect();
        let settings = Settings::read(|name| variables.get(name).map(|text| (*text).to_owned())).unwrap();
        let folder = TempDir::new().unwrap();
        let people = People::open(folder.path().to_owned()).unwrap();
        let recogniser = Recogniser::new(engine(), people, settings.thresholds);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { serve(&settings, recogniser, listener, pending()).await });
        Self { address, client: reqwest::Client::new(), _people: folder }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn post(&self, path: &str, body: Vec<u8>) -> RequestBuilder {
        self.client.post(self.url(path)).header("content-type", "image/jpeg").body(body)
    }

    /// Enrols a person with portraits.
    pub async fn enrol(&self, id: &str, name: &str, portraits: &[&str]) -> Value {
        let request = self.client.put(self.url(&format!("/people/{id}"))).multipart(form(name, portraits));
        json(request, StatusCode::OK).await
    }

    /// The detections in a picture.
    pub async fn detect(&self, picture: Vec<u8>) -> Vec<Value> {
        let answer = json(self.post("/detect?cameraId=gate", picture), StatusCode::OK).await;
        answer["detections"].as_array().unwrap().clone()
    }
}

/// A form as it is sent to enrol somebody.
pub fn form(name: &str, portraits: &[&str]) -> Form {
    let files = portraits.iter().map(|portrait| file(portrait, cache::portrait(portrait)));
    files.fold(Form::new().text("name", name.to_owned()), |form, file| form.part("images[]", file))
}

pub fn file(name: &str, bytes: Vec<u8>) -> Part {
    Part::bytes(bytes).file_name(name.to_owned())
}

/// Sends a request, which must be answered with this status, and returns the JSON of the answer.
pub async fn json(request: RequestBuilder, status: StatusCode) -> Value {
    let response = request.send().await.unwrap();
    assert_status(response, status).await
}

/// Sends a request that must be refused, and returns code and message.
pub async fn refusal(request: RequestBuilder, status: StatusCode) -> (String, String) {
    let answer = json(request, status).await;
    let text = |field: &str| answer["error"][field].as_str().unwrap().to_owned();
    (text("code"), text("message"))
}

async fn assert_status(response: Response, status: StatusCode) -> Value {
    let found = response.status();
    let body = response.text().await.unwrap();
    assert_eq!(found, status, "{body}");
    if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() }
}

/// One engine for all tests: it has no state, and reading the models takes a while.
pub fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    let make = || Arc::new(Engine::new(&cache::model_files(), 40).unwrap());
    Arc::clone(ENGINE.get_or_init(make))
}
