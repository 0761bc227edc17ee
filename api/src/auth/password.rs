//! Passwords: bcrypt at cost 12, computed on the blocking threads, since one hash takes a quarter of a second.

use std::sync::LazyLock;

use crate::error::ApiError;

/// Work factor of new hashes.
pub const COST: u32 = 12;

/// bcrypt reads no more than this many bytes; longer passwords are refused instead of cut.
pub const MAX_BYTES: usize = 72;

/// Hash of a password that nobody has. An unknown account is checked against it, so that it takes as long as a known
/// one.
static NOBODYS_HASH: LazyLock<String> = LazyLock::new(|| {
    let password = uuid::Uuid::new_v4().to_string();
    // Only an invalid cost could fail; the empty hash then matches nothing.
    bcrypt::hash(password, COST).unwrap_or_default()
});

/// Whether `password` is the one behind `hash`; takes the same time where there is no hash.
///
/// # Errors
/// `INTERNAL` when the blocking thread is gone.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, ApiError> {
    let verified = tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS_HASH.clone());
        // A stored hash that is no bcrypt hash lets nobody in.
        let matches = bcrypt::verify(&password, &hash).unwrap_or(false);
        matches && known && password.len() <= MAX_BYTES
    });
    Ok(verified.await?)
}

/// Makes the hash that unknown accounts are checked against, so that the first sign-in need not.
pub fn prepare() {
    tokio::task::spawn_blocking(|| LazyLock::force(&NOBODYS_HASH));
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_verifies_and_none_without_a_hash() {
        let hash = bcrypt::hash("correct horse", 4).unwrap();
        assert!(verify("correct horse".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!verify("wrong".to_owned(), Some(hash)).await.unwrap());
        assert!(!verify("anything".to_owned(), None).await.unwrap());
        assert!(!verify("anything".to_owned(), Some("no hash".to_owned())).await.unwrap());
    }

    #[tokio::test]
    async fn an_unknown_account_takes_as_long_as_a_known_one() {
        let hash = bcrypt::hash("correct horse", COST).unwrap();
        LazyLock::force(&NOBODYS_HASH);
        let known = Instant::now();
        verify("wrong".to_owned(), Some(hash)).await.unwrap();
        let known = known.elapsed();
        let unknown = Instant::now();
        verify("wrong".to_owned(), None).await.unwrap();
        assert!(unknown.elapsed() > known / 3, "{:?} against {known:?}", unknown.elapsed());
    }
}
