//! What can go wrong on the walk, in words that help whoever runs it.

/// Why the walk ended early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API answered, with an error.
    #[error("{path} answered {status}: {error}")]
    Refused {
        /// What was called.
        path: String,
        /// HTTP status.
        status: u16,
        /// The envelope's error.
        error: String,
    },
    /// The API, the provider or storage did not answer.
    #[error("no answer: {0}")]
    Http(#[from] reqwest::Error),
    /// The WebSocket broke.
    #[error("the WebSocket broke: {0}")]
    WebSocket(#[from] Box<tokio_tungstenite::tungstenite::Error>),
    /// No such message came in time.
    #[error("no \"{0}\" message came over the WebSocket in time")]
    Missing(&'static str),
    /// An answer that is no JSON.
    #[error("an answer is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The database refused.
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// A camera of the stage gave no frame.
    #[error("capture: {0}")]
    Capture(#[from] capture::CaptureError),
    /// A file of the stage is missing.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// A setting is missing.
    #[error("{0} is not set: start me through ./demo or just bench")]
    Setting(&'static str),
    /// Something is not as it must be.
    #[error("{0}")]
    Unexpected(&'static str),
    /// What should have happened did not.
    #[error("{0}")]
    Failed(String),
}

impl From<tokio_tungstenite::tungstenite::Error> for Error {
    fn from(error: tokio_tungstenite::tungstenite::Error) -> Self {
        Self::WebSocket(Box::new(error))
    }
}
