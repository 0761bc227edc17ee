//! `/auth`: signing in, renewing, signing out, and who one is.

use std::sync::Arc;

use entity::user;
use poem_openapi::{Object, OpenApi};

use super::{Tag, user_account::UserAccount};
use crate::{
    auth::{
        Auth, Myself, Public, SignIn,
        login::{self, SignedIn},
    },
    envelope::{NoContent, Reply},
    error::ApiError,
    extract::{Body, OneLine},
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// Who signs in.
#[derive(Object)]
struct Credentials {
    /// E-mail address.
    #[oai(validator(min_length = 1, max_length = 254))]
    username: Option<OneLine>,
    /// The same under another name; taken where `username` is absent.
    #[oai(validator(min_length = 1, max_length = 254))]
    email: Option<OneLine>,
    /// Password.
    #[oai(validator(min_length = 1, max_length = 200))]
    password: String,
}

/// A refresh token to spend.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct Renewal {
    /// The token.
    #[oai(validator(min_length = 1, max_length = 200))]
    refresh_token: String,
}

/// A fresh pair of tokens and whose they are.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct TokenPair {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Good for one renewal.
    refresh_token: String,
    /// Life of the access token in seconds.
    expires_in: u64,
    /// The user.
    user: UserAccount,
}

/// The caller.
#[derive(Object)]
struct Me {
    /// The user.
    user: UserAccount,
    /// What the role grants.
    permissions: Vec<String>,
}

#[OpenApi(prefix_path = "/auth", tag = "Tag::Authentication")]
impl Api {
    /// Sign in
    ///
    /// Ten failures within 15 minutes lock the account for that address for 15 minutes (429).
    #[oai(path = "/login", method = "post")]
    async fn login(&self, caller: SignIn, body: Body<Credentials>) -> Result<Reply<TokenPair>, ApiError> {
        let Credentials { username, email, password } = body.0;
        let email = username.or(email).ok_or_else(|| ApiError::field("username", "is required"))?;
        self.pair(login::login(&self.0, &caller.0, &email.0, password).await?).await
    }

    /// Renew the session
    ///
    /// The token is spent. One that comes back after it was spent ends the session on every device that shares it.
    #[oai(path = "/refresh", method = "post")]
    async fn refresh(&self, caller: Public, body: Body<Renewal>) -> Result<Reply<TokenPair>, ApiError> {
        self.pair(login::refresh(&self.0, &caller.0, &body.0.refresh_token).await?).await
    }

    /// Sign out
    #[oai(path = "/logout", method = "post")]
    async fn logout(&self, auth: Auth<Myself>, body: Body<Renewal>) -> Result<NoContent, ApiError> {
        login::logout(&self.0, &auth.call, auth.user_id(), auth.sid, &body.0.refresh_token).await?;
        Ok(NoContent)
    }

    /// Who am I?
    #[oai(path = "/me", method = "get")]
    async fn me(&self, auth: Auth<Myself>) -> Result<Reply<Me>, ApiError> {
        let app = &self.0;
        let user = user::find_living(&app.db, auth.user_id()).await?.ok_or(ApiError::TokenRevoked)?;
        let permissions = login::permissions_of(&app.db, &user.role_id).await?;
        Ok(Reply(Me { user: UserAccount::load(app, &app.db, user).await?, permissions }))
    }
}

impl Api {
    async fn pair(&self, signed_in: SignedIn) -> Result<Reply<TokenPair>, ApiError> {
        Ok(Reply(TokenPair {
            access_token: signed_in.access_token,
            refresh_token: signed_in.refresh_token,
            expires_in: self.0.tokens.life().as_secs(),
            user: UserAccount::load(&self.0, &self.0.db, signed_in.user).await?,
        }))
    }
}
