//! What a handler is, and how its end becomes an outcome that the queue understands.

use std::{error::Error, time::Duration};

use jobs::Job;
use platform::{db::is_outage, launch::chain, storage::StorageError};
use queue::{Delivery, Outcome};

use sea_orm::DbErr;

pub use crate::run::Run;
use crate::{configuration::ConfigurationError, context::Context};

/// Does the work of one kind of job.
pub trait Handle: Job {
    /// Runs one attempt; what it answers with is the job's result.
    fn run(&self, context: &Context, run: &Run)
    -> impl Future<Output = Result<Self::Output, Failure>> + Send;
}

/// Why an attempt did not succeed, and what shall follow.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Try again after the kind's own wait.
    #[error("{0}")]
    Retry(String),
    /// Not now: come back after this wait, without spending an attempt.
    #[error("{0}")]
    NotNow(String, Duration),
    /// No further attempt can help.
    #[error("{0}")]
    Discard(String),
}

impl Failure {
    /// Try again, telling the whole chain of causes.
    pub fn retry(error: &dyn Error) -> Self {
        Self::Retry(chain(error))
    }

    /// Give up, telling the whole chain of causes.
    pub fn discard(error: &dyn Error) -> Self {
        Self::Discard(chain(error))
    }

    /// The run was told to stop ([`Run::stopped`]). Handed back at a shutdown, the job goes on elsewhere and has spent no
    /// attempt; cancelled, it stays so, whatever is answered here.
    #[must_use]
    pub fn stopped() -> Self {
        Self::NotNow("told to stop".to_owned(), Duration::ZERO)
    }
}

/// A database that is away is no failure of the job's: it comes back when the database may be there again.
const DATABASE_AWAY: Duration = Duration::from_secs(2);

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        let text = format!("database: {}", chain(&error));
        if is_outage(&error) { Self::NotNow(text, DATABASE_AWAY) } else { Self::Retry(text) }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::retry(&error)
    }
}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Self {
        match error {
            ConfigurationError::Database(error) => error.into(),
            ConfigurationError::Settings(error) => Self::retry(&error),
        }
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Retry(error) => Self::Retry(error),
            Failure::NotNow(_, wait) => Self::Snooze(wait),
            Failure::Discard(error) => Self::Discard(error),
        }
    }
}

/// Decodes the payload, runs it, and encodes the result; a payload that is none is discarded with the reason.
pub async fn run<J: Handle>(context: &Context, delivery: Delivery) -> Outcome {
    let job: J = match serde_json::from_str(delivery.payload.get()) {
        Ok(job) => job,
        Err(error) => return Outcome::Discard(format!("the payload cannot be read: {error}")),
    };
    let run = Run::of(&delivery);
    match job.run(context, &run).await {
        Ok(output) => done(&output),
        Err(failure) => {
            // The one place where a failed attempt is logged.
            tracing::warn!(error = %failure, attempt = run.attempt, "attempt failed");
            failure.into()
        }
    }
}

fn done(output: &impl serde::Serialize) -> Outcome {
    serde_json::to_value(output)
        .map_or_else(|e| Outcome::Discard(format!("the result cannot be written: {e}")), Outcome::Done)
}

#[cfg(test)]
mod tests {
    use std::io;

    use sea_orm::{RuntimeErr, SqlxError};

    use super::*;

    #[test]
    fn a_database_that_went_away_in_the_middle_spends_no_attempt() {
        let reset = SqlxError::Io(io::ErrorKind::ConnectionReset.into());
        let failure = Failure::from(DbErr::Query(RuntimeErr::SqlxError(reset.into())));
        assert!(matches!(Outcome::from(failure), Outcome::Snooze(_)));
    }

    #[test]
    fn a_statement_that_was_refused_spends_one() {
        let failure = Failure::from(DbErr::RecordNotFound("a row".to_owned()));
        assert!(matches!(Outcome::from(failure), Outcome::Retry(_)));
    }
}
