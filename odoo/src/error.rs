//! Why Odoo did not do what it was asked for. Every text is safe to show and to store, and tells an administrator what to do; a
//! server's traceback is never part of it.

use std::sync::Arc;

use platform::outbound::OutboundError;

/// Longest piece of a server's own message that is passed on, in characters.
const MAX_SAID: usize = 400;

/// An inner cause.
type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Why a call to Odoo failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OdooError {
    /// The login or the key is not, or not any more, accepted.
    #[error(
        "Odoo refuses the login or the API key: check the user name, or make a new key in Odoo (Preferences, Account \
         Security) and enter it here; keys expire, after 90 days at most for ordinary users"
    )]
    BadCredentials,
    /// There is no such database.
    #[error("Odoo has no database {0:?}: correct the database name, or ask who runs the server for it")]
    WrongDatabase(String),
    /// The user may not do this.
    #[error(
        "Odoo does not let its user do this: give the user the rights Attendances / Administrator and Employees / \
         Officer in Odoo ({0})"
    )]
    NoRights(String),
    /// Odoo refuses the values.
    #[error("Odoo refuses it: {0}; correct the log here, or the record in Odoo, and sync again")]
    Validation(String),
    /// A record, model or method is not there.
    #[error("Odoo does not know it: {0}; look there whether it was removed, and sync again")]
    NotFound(String),
    /// No answer, or one of a server that is not well.
    #[error("Odoo cannot be reached: {reason}; check the address, and whether the server runs")]
    Unreachable {
        /// What happened.
        reason: String,
        /// Whether Odoo may have done what it was asked for all the same.
        unsure: bool,
        /// The cause inside.
        #[source]
        cause: Option<Cause>,
    },
    /// An answer that fits nothing.
    #[error(
        "Odoo answered unexpectedly: {what}; check that the address is that of an Odoo server of version 16 or newer, \
         and look into its log"
    )]
    Unexpected {
        /// What came.
        what: String,
        /// Whether Odoo may have done what it was asked for all the same.
        unsure: bool,
    },
}

impl OdooError {
    /// Whether nobody can tell what Odoo did: the reply was lost, or cannot be read. Everything else did nothing, since a call
    /// is one transaction there.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        match self {
            Self::Unreachable { unsure, .. } | Self::Unexpected { unsure, .. } => *unsure,
            Self::BadCredentials
            | Self::WrongDatabase(_)
            | Self::NoRights(_)
            | Self::Validation(_)
            | Self::NotFound(_) => false,
        }
    }

    /// Whether it is about the records of the call, so that others may pass.
    #[must_use]
    pub fn is_about_records(&self) -> bool {
        match self {
            Self::NoRights(_) | Self::Validation(_) | Self::NotFound(_) => true,
            Self::Unexpected { unsure, .. } => !unsure,
            Self::BadCredentials | Self::WrongDatabase(_) | Self::Unreachable { .. } => false,
        }
    }

    pub(crate) fn unexpected(what: impl Into<String>) -> Self {
        Self::Unexpected { what: what.into(), unsure: false }
    }

    /// An answer that says nothing about what was done.
    pub(crate) fn unreadable(what: impl Into<String>) -> Self {
        Self::Unexpected { what: what.into(), unsure: true }
    }

    pub(crate) fn unreachable(reason: impl Into<String>, unsure: bool) -> Self {
        Self::Unreachable { reason: reason.into(), unsure, cause: None }
    }
}

/// The URL is taken out of the error: it may hold what nobody else shall read.
impl From<reqwest::Error> for OdooError {
    fn from(error: reqwest::Error) -> Self {
        if let Some(refused) = OutboundError::within(&error) {
            return refused.clone().into();
        }
        let (reason, unsure) = if error.is_connect() {
            ("nobody answers there, or its certificate is not trusted", false)
        } else {
            ("the connection broke", true)
        };
        Self::Unreachable { reason: reason.to_owned(), unsure, cause: Some(Arc::new(error.without_url())) }
    }
}

impl From<OutboundError> for OdooError {
    fn from(refused: OutboundError) -> Self {
        Self::Unreachable { reason: refused.to_string(), unsure: false, cause: Some(Arc::new(refused)) }
    }
}

/// A server's message as it may be shown and stored: one line, bounded, without control characters.
pub(crate) fn said(text: &str) -> String {
    let words: Vec<_> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    line.chars().take(MAX_SAID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_becomes_one_bounded_line() {
        assert_eq!(said(" Cannot\n\tcreate \u{0}it "), "Cannot create it");
        assert_eq!(said(&"x".repeat(5_000)).len(), MAX_SAID);
    }

    #[test]
    fn only_a_lost_or_unreadable_reply_leaves_it_open_what_was_done() {
        assert!(OdooError::unreachable("the connection broke", true).is_unsure());
        assert!(OdooError::unreadable("HTML").is_unsure());
        for definite in [
            OdooError::BadCredentials,
            OdooError::Validation(String::new()),
            OdooError::unreachable("nobody answers", false),
            OdooError::unexpected("KeyError"),
        ] {
            assert!(!definite.is_unsure(), "{definite}");
        }
    }
}
