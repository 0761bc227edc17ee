//! A stand-in for somebody else's recogniser, over real HTTP: it answers what the test says, or fails as it
//! says.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::http;
pub use crate::http::Request;

/// One way to answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// 200 with this JSON at once.
    Json(Value),
    /// Another status, with a short text.
    Status(u16),
    /// 200 with this JSON, after a while.
    Slow(Duration, Value),
    /// 200 with these bytes, said to be JSON.
    Garbage(Vec<u8>),
    /// 200 with a JSON string of this many bytes.
    Huge(usize),
    /// Nothing, while the connection stays open.
    Hang,
    /// The connection is closed without an answer.
    Close,
}

impl Answer {
    /// One known person in the middle of the picture, as kinds `rollcall` and `http` read it.
    #[must_use]
    pub fn person(id: &str, name: &str, confidence: f64) -> Self {
        let face = json!({
            "personId": id, "name": name, "confidence": confidence, "quality": 0.9,
            "boundingBox": { "top": 200, "left": 560, "width": 160, "height": 160 },
        });
        Self::seen(&json!([face]))
    }

    /// A picture without a face.
    #[must_use]
    pub fn nobody() -> Self {
        Self::seen(&json!([]))
    }

    /// One document for every call: what `/detect` answers, and beside it what `/health` does.
    fn seen(detections: &Value) -> Self {
        Self::Json(json!({
            "detections": detections, "width": 1280, "height": 720, "elapsedMs": 1,
            "status": "ok", "model": "stand-in", "people": 1, "version": "1.0.0",
        }))
    }
}

#[derive(Debug)]
struct Script {
    next: VecDeque<Answer>,
    otherwise: Answer,
    seen: Vec<Request>,
}

/// The running stand-in; its port closes when this is dropped.
#[derive(Debug)]
pub struct Provider {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    task: JoinHandle<()>,
}

/// Starts a stand-in that gives `answer` to every request.
pub async fn provider(answer: Answer) -> Provider {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let script = Arc::new(Mutex::new(Script { next: VecDeque::new(), otherwise: answer, seen: Vec::new() }));
    let task = tokio::spawn(accept(listener, Arc::clone(&script)));
    Provider { address, script, task }
}

impl Provider {
    /// Its base URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What to answer from now on.
    pub fn answer(&self, answer: Answer) {
        self.script.lock().unwrap().otherwise = answer;
    }

    /// What to answer to the next requests, before it goes back to its constant answer.
    pub fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        self.script.lock().unwrap().next.extend(answers);
    }

    /// Every request so far, in the order of their arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.script.lock().unwrap().seen.clone()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, script: Arc<Mutex<Script>>) {
    // The connections' tasks end with the set, and the set with this task.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.spawn(serve(BufReader::new(stream), Arc::clone(&script)));
    }
}

async fn serve(mut stream: BufReader<TcpStream>, script: Arc<Mutex<Script>>) {
    while let Ok(Some(request)) = http::read(&mut stream).await {
        let answer = {
            let mut script = script.lock().unwrap();
            script.seen.push(request);
            script.next.pop_front().unwrap_or_else(|| script.otherwise.clone())
        };
        let Some(bytes) = bytes_of(answer).await else { return };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

async fn bytes_of(answer: Answer) -> Option<Vec<u8>> {
    match answer {
        Answer::Json(value) => Some(response(200, value.to_string().as_bytes())),
        Answer::Status(status) => Some(response(status, br#"{"error":"as the test wishes"}"#)),
        Answer::Slow(pause, value) => {
            tokio::time::sleep(pause).await;
            Some(response(200, value.to_string().as_bytes()))
        }
        Answer::Garbage(bytes) => Some(response(200, &bytes)),
        Answer::Huge(size) => Some(response(200, format!("\"{}\"", "x".repeat(size)).as_bytes())),
        Answer::Hang => std::future::pending().await,
        Answer::Close => None,
    }
}

fn response(status: u16, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
