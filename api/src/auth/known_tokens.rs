//! Access tokens that were verified lately. A browser sends the same one for a quarter of an hour, several times a second; to
//! compare it with itself costs a tenth of verifying it. Whether it has expired is looked at every time, and whether its
//! session still lives is not asked here.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::Utc;

use super::Claims;

/// Tokens kept; one has about a kilobyte.
const MAX_TOKENS: usize = 4_096;

/// The tokens, whole, so that nothing but the very same token is found.
#[derive(Default)]
pub(super) struct KnownTokens(RwLock<HashMap<Box<str>, Arc<Claims>>>);

impl KnownTokens {
    /// What a known token says, unless it has expired.
    pub(super) fn find(&self, token: &str) -> Option<Arc<Claims>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(token).filter(|claims| lives(claims)).cloned()
    }

    /// Keeps a token that was verified.
    pub(super) fn keep(&self, token: &str, claims: &Arc<Claims>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_TOKENS {
            known.retain(|_, claims| lives(claims));
        }
        if known.len() >= MAX_TOKENS {
            known.clear();
        }
        known.insert(token.into(), Arc::clone(claims));
    }
}

fn lives(claims: &Claims) -> bool {
    claims.exp >= Utc::now().timestamp()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_known_token_is_not_found_once_it_has_expired() {
        let (known, now) = (KnownTokens::default(), Utc::now().timestamp());
        for (token, exp) in [("young", now + 60), ("old", now - 1)] {
            let claims = Claims {
                sub: Uuid::nil(),
                email: String::new(),
                role: String::new(),
                permissions: vec![],
                sid: Uuid::nil(),
                iat: now,
                exp,
                jti: Uuid::nil(),
            };
            known.keep(token, &Arc::new(claims));
        }
        assert!(known.find("young").is_some());
        assert!(known.find("old").is_none());
        assert!(known.find("").is_none());
    }
}
