//! An HTTP camera on a port of its own, which answers as a test wants it to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a request.
#[derive(Clone)]
pub enum Answer {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends these bytes, then a byte every 50 ms.
    Drip(Vec<u8>),
    /// Sends these bytes over and over.
    Flood(Vec<u8>),
    /// Takes the request and says nothing.
    Hang,
    /// The first to a request without credentials, the second to one with some.
    Locked(Vec<u8>, Vec<u8>),
}

impl Answer {
    /// A response with a body.
    pub fn ok(kind: &str, body: &[u8]) -> Self {
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
        Self::Bytes([head.as_bytes(), body].concat())
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        Self::Bytes(format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes())
    }
}

/// A running camera.
pub struct HttpCamera {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl HttpCamera {
    /// Answers every request alike.
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, answer.clone(), Arc::clone(&log)));
            }
        });
        Self { port, requests }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// The same with credentials in it.
    pub fn url_as(&self, credentials: &str, path: &str) -> String {
        format!("http://{credentials}@127.0.0.1:{}/{path}", self.port)
    }

    /// Every request's head so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut socket: TcpStream, answer: Answer, log: Arc<Mutex<Vec<String>>>) {
    let mut head = vec![0; 8192];
    let length = socket.read(&mut head).await.unwrap_or(0);
    let request = String::from_utf8_lossy(&head[..length]).to_lowercase();
    log.lock().unwrap().push(request.clone());
    let _ = match answer {
        Answer::Bytes(bytes) => socket.write_all(&bytes).await,
        Answer::Locked(bytes, _) if !request.contains("\r\nauthorization:") => socket.write_all(&bytes).await,
        Answer::Locked(_, bytes) => socket.write_all(&bytes).await,
        Answer::Hang => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        }
        Answer::Drip(bytes) => {
            let _ = socket.write_all(&bytes).await;
            while socket.write_all(&[0xFF]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(())
        }
        Answer::Flood(bytes) => {
            while socket.write_all(&bytes).await.is_ok() {}
            Ok(())
        }
    };
    let _ = socket.shutdown().await;
}
