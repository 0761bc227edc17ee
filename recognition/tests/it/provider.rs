//! A provider on a port of its own, which answers as a test wants it to, and notes what it was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use platform::outbound::Outbound;
use recognition::{ProviderConfig, ProviderError, Recogniser, Recognisers, Recognition, Tuning};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a request.
#[derive(Clone, Debug)]
pub enum Answer {
    Status(u16, String),
    /// Status 200 after a while.
    Late(Duration, String),
    /// The head of an answer, and a byte of its body now and then.
    Drip,
    /// Closes the connection without a word.
    HangUp,
}

impl Answer {
    pub fn ok(body: impl Into<String>) -> Self {
        Self::Status(200, body.into())
    }

    pub fn nobody() -> Self {
        Self::ok(r#"{"detections":[]}"#)
    }
}

/// A running provider.
pub struct Provider {
    pub endpoint: String,
    answer: Arc<Mutex<Answer>>,
    requests: Arc<Mutex<Vec<String>>>,
    most_at_once: Arc<AtomicUsize>,
}

impl Provider {
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self {
            endpoint,
            answer: Arc::new(Mutex::new(answer)),
            requests: Arc::default(),
            most_at_once: Arc::default(),
        };
        let (answer, requests) = (Arc::clone(&provider.answer), Arc::clone(&provider.requests));
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&provider.most_at_once));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (answer, requests) = (Arc::clone(&answer), Arc::clone(&requests));
                let (now, most) = (Arc::clone(&now), Arc::clone(&most));
                tokio::spawn(async move {
                    let mut socket = socket;
                    let request = read_request(&mut socket).await;
                    requests.lock().unwrap().push(request);
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let answer = answer.lock().unwrap().clone();
                    let _ = send(&mut socket, answer).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        provider
    }

    pub fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// Every request so far, head and body.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The most requests that were being answered at the same time.
    pub fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }

    pub fn config(&self, kind: &str) -> ProviderConfig {
        config(kind, &self.endpoint)
    }
}

pub fn config(kind: &str, endpoint: &str) -> ProviderConfig {
    ProviderConfig {
        kind: kind.into(),
        endpoint: endpoint.into(),
        api_key: Some("k3y".into()),
        timeout: Duration::from_millis(500),
    }
}

pub fn recognisers() -> Recognisers {
    tuned(Tuning::default())
}

pub fn tuned(tuning: Tuning) -> Recognisers {
    Recognisers::new(Outbound::new(true), tuning).unwrap()
}

pub fn client(config: &ProviderConfig) -> Arc<dyn Recogniser> {
    recognisers().get(config).unwrap()
}

/// One picture shown to a provider of this kind that answers so.
pub async fn shown(kind: &str, answer: Answer) -> Result<Recognition, ProviderError> {
    let provider = Provider::start(answer).await;
    look(&*client(&provider.config(kind))).await
}

pub async fn look(recogniser: &dyn Recogniser) -> Result<Recognition, ProviderError> {
    recogniser.recognise(Bytes::from_static(b"JPEG-BYTES"), "CAM-01").await
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let length = socket.read(&mut chunk).await.unwrap_or(0);
        bytes.extend_from_slice(&chunk[..length]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if length == 0 || is_whole(&text) {
            return text;
        }
    }
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

async fn send(socket: &mut TcpStream, answer: Answer) -> std::io::Result<()> {
    let (status, body) = match answer {
        Answer::Status(status, body) => (status, body),
        Answer::Late(wait, body) => {
            tokio::time::sleep(wait).await;
            (200, body)
        }
        Answer::HangUp => return Ok(()),
        Answer::Drip => {
            socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n").await?;
            loop {
                socket.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    };
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(body.as_bytes()).await
}
