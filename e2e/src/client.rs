//! The API as the frontend uses it. Calls that ought to succeed end the test when they do not.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::eventually;

/// A signed-in user.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

/// An answer of the API.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The whole envelope.
    pub body: Value,
}

impl Answer {
    /// The envelope's `data`.
    ///
    /// # Panics
    /// The call failed.
    pub fn data(mut self) -> Value {
        assert!(self.body["success"] == true, "{}: {}", self.status, self.body);
        self.body["data"].take()
    }

    /// Status and error code of a call that failed.
    #[must_use]
    pub fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["error"]["code"].as_str().unwrap_or_default())
    }
}

impl Client {
    /// Signs in at the API at `base`.
    pub async fn sign_in(base: &str, email: &str, password: &str) -> Self {
        let (http, base) = (reqwest::Client::new(), base.to_owned());
        let mut client = Self { http, base, access_token: String::new(), refresh_token: String::new() };
        let body = json!({ "username": email, "password": password });
        client.keep(&client.post("/auth/login", &body).await);
        client
    }

    /// Changes the tokens for new ones.
    pub async fn refresh(&mut self) {
        let pair = self.post("/auth/refresh", &json!({ "refreshToken": self.refresh_token })).await;
        self.keep(&pair);
    }

    fn keep(&mut self, pair: &Value) {
        self.access_token = pair["accessToken"].as_str().unwrap().to_owned();
        self.refresh_token = pair["refreshToken"].as_str().unwrap().to_owned();
    }

    /// Any call, however it ends.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        if !self.access_token.is_empty() {
            request = request.bearer_auth(&self.access_token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        Answer { status: response.status().as_u16(), body: response.json().await.unwrap() }
    }

    /// Reads something.
    pub async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None).await.data()
    }

    /// Reads a list.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        self.get(path).await.as_array().unwrap().clone()
    }

    /// Sends something.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.call(Method::POST, path, Some(body)).await.data()
    }

    /// Replaces something.
    pub async fn put(&self, path: &str, body: &Value) -> Value {
        self.call(Method::PUT, path, Some(body)).await.data()
    }

    /// Registers a camera and returns its id.
    pub async fn camera(&self, camera: &Value) -> String {
        self.post("/cameras", camera).await["id"].as_str().unwrap().to_owned()
    }

    /// Registers `count` cameras that look the same.
    pub async fn cameras(&self, count: usize, camera: &Value) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(self.camera(camera).await);
        }
        ids
    }

    /// Asks for a frame and returns the job's id.
    pub async fn send_frame(&self, camera: &str) -> String {
        let answer =
            self.call(Method::POST, "/detections/send-frame", Some(&json!({ "cameraId": camera }))).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        let data = answer.data();
        assert_eq!(data["status"], "queued");
        data["jobId"].as_str().unwrap().to_owned()
    }

    /// Asks for `count` frames, of each camera in its turn.
    pub async fn send_frames(&self, count: usize, cameras: &[String]) -> Vec<String> {
        let mut jobs = Vec::new();
        for camera in cameras.iter().cycle().take(count) {
            jobs.push(self.send_frame(camera).await);
        }
        jobs
    }

    /// The job once it is as `wanted`. Meanwhile the API may say that it cannot tell.
    pub async fn job_once(
        &self,
        id: &str,
        limit: Duration,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        eventually(limit, &format!("job {id} {what}"), async || {
            let mut answer = self.call(Method::GET, &format!("/jobs/{id}"), None).await;
            (answer.status == 200 && wanted(&answer.body["data"])).then(|| answer.body["data"].take())
        })
        .await
    }

    /// The job, done.
    ///
    /// # Panics
    /// It is not within `limit`.
    pub async fn done(&self, id: &str, limit: Duration) -> Value {
        let ended =
            |job: &Value| matches!(job["status"].as_str(), Some("done" | "dead" | "cancelled" | "expired"));
        let job = self.job_once(id, limit, "ends", ended).await;
        assert_eq!(job["status"], "done", "{job}");
        job
    }

    /// All these jobs, done within `limit`.
    pub async fn all_done(&self, ids: &[String], limit: Duration) -> Vec<Value> {
        let all = async {
            let mut jobs = Vec::new();
            for id in ids {
                jobs.push(self.done(id, limit).await);
            }
            jobs
        };
        tokio::time::timeout(limit, all).await.expect("all jobs are done in time")
    }

    /// Every job of a kind that the queue knows, as `GET /jobs` lists them.
    pub async fn jobs(&self, query: &str) -> Vec<Value> {
        self.list(&format!("/jobs?pageSize=200&{query}")).await
    }
}
