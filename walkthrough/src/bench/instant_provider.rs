//! A detection provider that answers at once: whatever it is shown, it sees one person, whose id is that of the camera. It speaks
//! the contract of our own recogniser, and leaves the rest of the system as the only thing that is measured.

use poem::{EndpointExt as _, Request, Response, Route, Server, endpoint, get, listener::TcpAcceptor, post};
use serde::Deserialize;
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::error::Error;

/// The running provider; it ends when this is dropped.
pub struct InstantProvider {
    /// Its base address.
    pub endpoint: String,
    serving: JoinHandle<()>,
}

impl InstantProvider {
    /// Starts it on a free port.
    pub async fn start() -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::Failed(format!("the instant provider: {error}"));
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
        let endpoint = format!("http://{}", listener.local_addr().map_err(failed)?);
        let routes = Route::new()
            .at("/detect", post(endpoint::make(detect)))
            .at("/health", get(endpoint::make_sync(|_| "well")))
            .boxed();
        let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).map_err(failed)?);
        let serving = tokio::spawn(async move {
            if let Err(error) = server.run(routes).await {
                eprintln!("the instant provider ended: {error}");
            }
        });
        Ok(Self { endpoint, serving })
    }
}

impl Drop for InstantProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Deserialize)]
struct Shown {
    #[serde(rename = "cameraId")]
    camera_id: String,
}

async fn detect(mut request: Request) -> poem::Result<Response> {
    let shown: Shown = request.params()?;
    request.take_body().into_bytes().await?;
    let face = json!({
        "personId": shown.camera_id, "confidence": 93.0, "distance": 0.07,
        "boundingBox": { "top": 120, "left": 200, "width": 160, "height": 160 },
    });
    let answer = json!({ "detections": [face], "width": 1280, "height": 720, "elapsedMs": 0 });
    Ok(Response::builder().content_type("application/json").body(answer.to_string()))
}
