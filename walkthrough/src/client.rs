//! The API as the frontend uses it: sign in, call, listen. Every answer is checked for its envelope.

use std::{collections::VecDeque, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Client as Http, Method};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::error::Error;

/// A signed-in user.
pub struct Client {
    http: Http,
    base: String,
    token: String,
}

impl Client {
    /// Signs in at the API whose address is `base`.
    pub async fn sign_in(base: &str, email: &str, password: &str) -> Result<Self, Error> {
        let http = Http::builder().timeout(Duration::from_secs(30)).build()?;
        let anonymous = Self { http, base: base.to_owned(), token: String::new() };
        let answer =
            anonymous.post("/auth/login", &json!({ "username": email, "password": password })).await?;
        let token =
            answer["accessToken"].as_str().ok_or(Error::Unexpected("login without a token"))?.to_owned();
        Ok(Self { token, ..anonymous })
    }

    /// The access token, for whoever calls by other means.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Reads a resource; what comes back is the envelope's `data`.
    pub async fn get(&self, path: &str) -> Result<Value, Error> {
        self.call(Method::GET, path, None).await
    }

    /// Sends `body`; what comes back is the envelope's `data`.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Replaces a resource.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.call(Method::PUT, path, Some(body)).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Error> {
        let mut request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status();
        let mut envelope: Value = response.json().await?;
        if envelope["success"] == true {
            return Ok(envelope["data"].take());
        }
        Err(Error::Refused {
            path: path.to_owned(),
            status: status.as_u16(),
            error: envelope["error"].to_string(),
        })
    }

    /// Opens the WebSocket and subscribes to all detections and to the caller's jobs.
    pub async fn listen(&self) -> Result<Listener, Error> {
        let address = format!("{}/ws?token={}", self.base.replacen("http", "ws", 1), self.token);
        let (socket, _) = connect_async(address).await?;
        let mut listener = Listener { socket, waiting: VecDeque::new() };
        for channel in ["detections", "jobs"] {
            let subscribe = json!({ "action": "subscribe", "channel": channel });
            listener.socket.send(Message::text(subscribe.to_string())).await?;
            listener.next("subscribed", Duration::from_secs(5), |_| true).await?;
        }
        Ok(listener)
    }
}

/// An open WebSocket.
pub struct Listener {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    waiting: VecDeque<Value>,
}

impl Listener {
    /// The first message of `kind` that is `wanted`; others wait for somebody who asks for them.
    pub async fn next(
        &mut self,
        kind: &'static str,
        patience: Duration,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, Error> {
        let fits = |message: &Value| message["type"] == kind && wanted(message);
        if let Some(known) = self.waiting.iter().position(&fits) {
            return self.waiting.remove(known).ok_or(Error::Missing(kind));
        }
        let read = async {
            loop {
                let message = self.read().await?;
                if fits(&message) {
                    return Ok(message);
                }
                self.waiting.push_back(message);
            }
        };
        tokio::time::timeout(patience, read).await.map_err(|_| Error::Missing(kind))?
    }

    async fn read(&mut self) -> Result<Value, Error> {
        while let Some(message) = self.socket.next().await {
            if let Message::Text(text) = message? {
                return Ok(serde_json::from_str(&text)?);
            }
        }
        Err(Error::Unexpected("the WebSocket was closed"))
    }
}
