//! A WebSocket client that reads JSON messages, as the frontend does.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message, protocol::CloseFrame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long a message may take to come.
const LIMIT: Duration = Duration::from_secs(15);

/// An open connection.
#[derive(Debug)]
pub struct Client {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// Connects to `url` (`ws://…`).
///
/// # Errors
/// The server refused; an HTTP answer is in [`Error::Http`].
pub async fn connect(url: &str) -> Result<Client, Error> {
    let (stream, _) = tokio_tungstenite::connect_async(url).await?;
    Ok(Client { stream })
}

impl Client {
    /// Sends one JSON message.
    pub async fn send(&mut self, message: &Value) {
        self.stream.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next JSON message; pings are answered on the way.
    ///
    /// # Panics
    /// When none comes within 15 s, or the connection is closed.
    pub async fn next(&mut self) -> Value {
        loop {
            let message =
                tokio::time::timeout(LIMIT, self.stream.next()).await.expect("a message comes in time");
            match message.expect("the connection is open").unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(frame) => panic!("closed instead of a message: {frame:?}"),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// The next message for which `wanted` holds; others are passed over.
    pub async fn next_where(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let search = async {
            loop {
                let message = self.next().await;
                if wanted(&message) {
                    return message;
                }
            }
        };
        tokio::time::timeout(LIMIT, search).await.expect("the wanted message comes in time")
    }

    /// Whether no message comes for `pause`.
    pub async fn silent_for(&mut self, pause: Duration) -> bool {
        let message = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => return other,
                }
            }
        };
        tokio::time::timeout(pause, message).await.is_err()
    }

    /// Reads on until the server closes, and returns its close frame, `None` when it just hung up.
    pub async fn closed(&mut self) -> Option<CloseFrame> {
        let search = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Close(frame))) => return frame,
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        tokio::time::timeout(LIMIT, search).await.expect("the server closes in time")
    }
}
