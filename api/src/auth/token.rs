//! Access tokens: HS256 and nothing else. The current key signs; the previous one still verifies, so that a rotation
//! signs nobody out.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, errors::ErrorKind,
};
use platform::settings::KeySettings;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::known_tokens::KnownTokens;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: Uuid,
    /// Their e-mail address.
    pub email: String,
    /// Id of their role.
    pub role: String,
    /// What the role granted when the token was made.
    pub permissions: Vec<String>,
    /// The session: the family of refresh tokens that this one came with.
    pub sid: Uuid,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it expires, in seconds since 1970.
    pub exp: i64,
    /// Id of this token.
    pub jti: Uuid,
}

impl Claims {
    /// When the token expires.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp, 0).unwrap_or_default()
    }
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Ours, and too old.
    #[error("the token has expired")]
    Expired,
    /// Not ours, changed, or of another algorithm.
    #[error("the token is not valid")]
    Invalid,
}

/// Signs and verifies.
pub struct TokenKeys {
    sign: EncodingKey,
    verify: Vec<DecodingKey>,
    rules: Validation,
    life: Duration,
    known: KnownTokens,
}

impl TokenKeys {
    /// Takes the keys from the settings; tokens live for `life`.
    #[must_use]
    pub fn new(keys: &KeySettings, life: Duration) -> Self {
        let secrets = std::iter::once(&keys.secret).chain(&keys.secret_previous);
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = 0;
        rules.set_required_spec_claims(&["exp", "sub"]);
        Self {
            sign: EncodingKey::from_secret(keys.secret.expose().as_bytes()),
            verify: secrets.map(|secret| DecodingKey::from_secret(secret.expose().as_bytes())).collect(),
            rules,
            life,
            known: KnownTokens::default(),
        }
    }

    /// How long tokens live.
    #[must_use]
    pub fn life(&self) -> Duration {
        self.life
    }

    /// A new token for `user` in session `sid`.
    ///
    /// # Errors
    /// Only where the claims cannot be written as JSON.
    pub fn sign(
        &self,
        user: &entity::user::Model,
        permissions: &[String],
        sid: Uuid,
    ) -> jsonwebtoken::errors::Result<String> {
        let now = Utc::now().timestamp();
        let claims = Claims {
            sub: user.id,
            email: user.email.clone(),
            role: user.role_id.clone(),
            permissions: permissions.to_vec(),
            sid,
            iat: now,
            exp: now.saturating_add_unsigned(self.life.as_secs()),
            jti: Uuid::now_v7(),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.sign)
    }

    /// What a token says, from memory where it was verified lately.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn read(&self, token: &str) -> Result<Arc<Claims>, TokenError> {
        if let Some(claims) = self.known.find(token) {
            return Ok(claims);
        }
        let claims = Arc::new(self.verify(token)?);
        self.known.keep(token, &claims);
        Ok(claims)
    }

    /// What a token says, if it is one of ours and has not expired.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        let mut refusal = TokenError::Invalid;
        for key in &self.verify {
            match decode::<Claims>(token, key, &self.rules) {
                Ok(data) => return Ok(data.claims),
                Err(error) if matches!(error.kind(), ErrorKind::ExpiredSignature) => {
                    refusal = TokenError::Expired;
                }
                Err(_) => {}
            }
        }
        Err(refusal)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use entity::{Secret as Stored, user};
    use jsonwebtoken::get_current_timestamp;
    use platform::settings::Secret;

    use super::*;

    fn keys(current: &str, previous: Option<&str>) -> TokenKeys {
        let settings = KeySettings {
            secret: Secret::new(current),
            secret_previous: previous.map(Secret::new),
            encryption: Secret::new(""),
            encryption_previous: None,
        };
        TokenKeys::new(&settings, Duration::from_secs(60))
    }

    fn user() -> user::Model {
        user::Model {
            id: Uuid::now_v7(),
            email: "ada@example.org".to_owned(),
            name: "Ada".to_owned(),
            hashed_password: Stored::new(""),
            role_id: "ROLE-VIEWER".to_owned(),
            status: user::Status::Active,
            employee_id: None,
            department_id: None,
            phone: None,
            address: None,
            avatar_key: None,
            join_date: None,
            last_login: None,
            last_active: None,
            deleted_at: None,
            version: 1,
            created_at: Utc::now(),
            updated_at: Utc::now(),
        }
    }

    #[test]
    fn a_token_comes_back_as_it_was_signed() {
        let (user, sid) = (user(), Uuid::now_v7());
        let keys = keys("one", None);
        let claims = keys.verify(&keys.sign(&user, &["cameras:read".to_owned()], sid).unwrap()).unwrap();
        assert_eq!((claims.sub, claims.sid, claims.exp - claims.iat), (user.id, sid, 60));
        assert_eq!(claims.permissions, ["cameras:read"]);
    }

    #[test]
    fn a_token_that_was_read_before_is_known_and_no_other_is_taken_for_it() {
        let keys = keys("one", None);
        let token = keys.sign(&user(), &[], Uuid::nil()).unwrap();
        let first = keys.read(&token).unwrap();
        assert!(Arc::ptr_eq(&first, &keys.read(&token).unwrap()));
        let (rest, last) = token.split_at(token.len() - 2);
        let other = format!("{rest}{}", if last == "AA" { "BB" } else { "AA" });
        assert_eq!(keys.read(&other), Err(TokenError::Invalid));
    }

    #[test]
    fn the_previous_key_verifies_until_it_is_taken_away() {
        let token = keys("one", None).sign(&user(), &[], Uuid::nil()).unwrap();
        assert!(keys("two", Some("one")).verify(&token).is_ok());
        assert_eq!(keys("two", None).verify(&token), Err(TokenError::Invalid));
    }

    #[test]
    fn other_algorithms_and_unsigned_tokens_are_refused() {
        let good = keys("one", None);
        let claims = good.verify(&good.sign(&user(), &[], Uuid::nil()).unwrap()).unwrap();
        let key = EncodingKey::from_secret(b"one");
        for algorithm in [Algorithm::HS384, Algorithm::HS512] {
            let token = encode(&Header::new(algorithm), &claims, &key).unwrap();
            assert_eq!(good.verify(&token), Err(TokenError::Invalid));
        }
        let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
        assert_eq!(good.verify(unsigned), Err(TokenError::Invalid));
    }

    #[test]
    fn an_expired_token_is_told_from_a_wrong_one() {
        let good = keys("one", None);
        let mut claims = good.verify(&good.sign(&user(), &[], Uuid::nil()).unwrap()).unwrap();
        claims.exp = i64::try_from(get_current_timestamp()).unwrap() - 1;
        let token =
            encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(b"one")).unwrap();
        assert_eq!(good.verify(&token), Err(TokenError::Expired));
    }
}
