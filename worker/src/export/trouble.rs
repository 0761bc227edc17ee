//! What can go wrong with a file, and what is told of it: the whole chain to operators, and to its user what they can do.

use entity::{CopyError, export_job::Interrupted};
use jobs::EnqueueError;
use platform::storage::StorageError;
use sea_orm::{DbErr, SqlxError};

use crate::{configuration::ConfigurationError, handler::Failure};

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The run was told to stop.
    #[error("told to stop")]
    Stopped,
    /// Somebody called the file off while it was made.
    #[error("nobody wants the file any more")]
    Unwanted,
    /// The document cannot be written.
    #[error("document")]
    Document(#[from] documents::Error),
    /// The thread that writes the document has gone; it says why.
    #[error("the document's writer has gone")]
    WriterGone,
    /// The thread that writes the document panicked.
    #[error("the document's writer panicked")]
    WriterPanicked(#[source] tokio::task::JoinError),
    /// Files cannot be stored.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Rows cannot be read.
    #[error("database")]
    Database(#[from] DbErr),
    /// Rows cannot be copied.
    #[error("copy out of the database")]
    Copy(#[from] SqlxError),
    /// What was copied is no row.
    #[error(transparent)]
    Copied(#[from] CopyError),
    /// Settings cannot be read.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// Mails cannot be ordered.
    #[error(transparent)]
    Enqueue(#[from] EnqueueError),
    /// The result is no JSON.
    #[error("result")]
    Result(#[from] serde_json::Error),
}

impl Trouble {
    /// What the user of the file reads, if this ends its job.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Document(refused @ documents::Error::TooManyRows { .. }) => refused.to_string(),
            Self::Storage(_) => {
                "the place where files are kept was not available: try again later".to_owned()
            }
            Self::Stopped
            | Self::Unwanted
            | Self::Document(_)
            | Self::WriterGone
            | Self::WriterPanicked(_)
            | Self::Database(_)
            | Self::Copy(_)
            | Self::Copied(_)
            | Self::Configuration(_)
            | Self::Enqueue(_)
            | Self::Result(_) => Interrupted::Failed.message().to_owned(),
        }
    }

    pub(super) fn into_failure(self) -> Failure {
        match self {
            Self::Stopped => Failure::stopped(),
            Self::Document(documents::Error::TooManyRows { .. }) | Self::Unwanted => Failure::discard(&self),
            Self::Database(error) => error.into(),
            Self::Configuration(error) => error.into(),
            Self::Document(_)
            | Self::WriterGone
            | Self::WriterPanicked(_)
            | Self::Storage(_)
            | Self::Copy(_)
            | Self::Copied(_)
            | Self::Enqueue(_)
            | Self::Result(_) => Failure::retry(&self),
        }
    }
}
