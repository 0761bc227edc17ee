//! Which errors mean that the database is away, in contrast to a statement that it refused.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// SQLSTATE of a session that PostgreSQL has ended because its transaction stood still.
const FROZEN: &str = "25P03";
/// Classes of SQLSTATE: connection, out of resources, operator intervention (such as a restart). PostgreSQL's manual, appendix A.
const AWAY: [&str; 3] = ["08", "53", "57"];

/// Whether nothing was wrong with what was asked: the same statement works once the database is there again.
#[must_use]
pub fn is_outage(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
            is_lost(inner)
        }
        _ => false,
    }
}

fn is_lost(error: &SqlxError) -> bool {
    match error {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => true,
        SqlxError::Database(refusal) => refusal.code().is_some_and(|code| is_away(&code)),
        _ => false,
    }
}

fn is_away(code: &str) -> bool {
    code == FROZEN || AWAY.iter().any(|class| code.starts_with(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_a_frozen_session_and_a_lost_connection_are_outages() {
        for code in ["57P01", "57P03", "08006", "53300", "25P03"] {
            assert!(is_away(code), "{code}");
        }
        let reset = SqlxError::Io(std::io::ErrorKind::ConnectionReset.into());
        assert!(is_outage(&DbErr::Exec(RuntimeErr::SqlxError(reset.into()))));
    }

    #[test]
    fn a_statement_that_was_refused_is_none() {
        for code in ["23505", "22P02", "25P02", "42601"] {
            assert!(!is_away(code), "{code}");
        }
        assert!(!is_outage(&DbErr::RecordNotFound("it".to_owned())));
    }
}
