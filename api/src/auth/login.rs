//! Signing in, staying signed in and signing out: what the routes of the same names do. A session is a family of
//! refresh tokens; each is spent for its successor in one statement, and one that comes back after that ends the
//! whole family.

use std::sync::Arc;

use chrono::Utc;
use entity::{
    Level, role, user,
    user_session::{self, RevocationReason, Rotation, Successor},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _};
use uuid::Uuid;

use super::{
    lockout::Attempt,
    password,
    refresh_token::{RefreshToken, hash_of},
};
use crate::{
    audit::{Change, Entry},
    call::{Actor, Call},
    error::ApiError,
    state::App,
};

/// A signed-in user with fresh tokens.
pub struct SignedIn {
    /// The user.
    pub user: user::Model,
    /// The access token.
    pub access_token: String,
    /// The refresh token, shown only now.
    pub refresh_token: String,
}

/// Signs in with e-mail address and password.
///
/// # Errors
/// `RATE_LIMITED` while locked, `INVALID_CREDENTIALS`, `ACCOUNT_SUSPENDED`.
pub async fn login(app: &App, call: &Arc<Call>, email: &str, password: String) -> Result<SignedIn, ApiError> {
    let email = email.trim().to_lowercase();
    call.name_actor(Actor { name: email.clone(), user_id: None, role: None });
    let attempt = Attempt::new(&email, call);
    if let Some(wait) = attempt.locked_for(&app.db).await? {
        return Err(ApiError::RateLimited(wait));
    }
    let found = user::find_by_email(&app.db, &email).await?;
    let hash = found.as_ref().map(|user| user.hashed_password.expose().to_owned());
    let right = password::verify(password, hash).await?;
    match found.filter(|_| right) {
        Some(user) if user.status == user::Status::Suspended => Err(ApiError::AccountSuspended),
        Some(user) => open(app, call, user, &attempt).await,
        None => {
            if let Some(alert) = attempt.failed(&app.db).await? {
                app.machinery.tell_of_alert(&alert).await;
            }
            Err(ApiError::InvalidCredentials)
        }
    }
}

async fn open(
    app: &App,
    call: &Arc<Call>,
    user: user::Model,
    attempt: &Attempt<'_>,
) -> Result<SignedIn, ApiError> {
    let (change, refresh, now) = (Change::begin(&app.db, call).await?, RefreshToken::generate(), Utc::now());
    let session = user_session::ActiveModel {
        user_id: Set(user.id),
        family_id: Set(Uuid::now_v7()),
        refresh_token_hash: Set(refresh.hash.clone()),
        ip_address: Set(Some(call.client.into())),
        user_agent: Set(call.user_agent.clone()),
        issued_at: Set(now),
        expires_at: Set(now + app.settings.api.refresh_token_life),
        ..Default::default()
    };
    let session = session.insert(&*change).await?;
    attempt.succeeded(&*change).await?;
    user::record_login(&*change, user.id, now).await?;
    let user = user::Model { last_login: Some(now), last_active: Some(now), ..user };
    let signed_in = issue(app, &*change, user, session.family_id, refresh).await?;
    change.commit(Entry::new("auth.login", "Signed in").on("session", &session.family_id)).await?;
    Ok(signed_in)
}

/// Spends a refresh token for a new pair.
///
/// # Errors
/// `TOKEN_REVOKED` for a token that is unknown, expired or spent, `ACCOUNT_SUSPENDED`.
pub async fn refresh(app: &App, call: &Arc<Call>, spent: &str) -> Result<SignedIn, ApiError> {
    let (change, next, now) = (Change::begin(&app.db, call).await?, RefreshToken::generate(), Utc::now());
    let successor = Successor {
        refresh_token_hash: next.hash.clone(),
        expires_at: now + app.settings.api.refresh_token_life,
    };
    let session = match user_session::rotate(&*change, &hash_of(spent), successor, now).await? {
        Rotation::Rotated(session) => session,
        Rotation::Reused(session) => return Err(end_family(app, change, call, session).await?),
        Rotation::Ended(_) | Rotation::Unknown => return Err(ApiError::TokenRevoked),
    };
    let user = user::find_living(&*change, session.user_id).await?.ok_or(ApiError::TokenRevoked)?;
    name_actor(call, &user);
    if user.status == user::Status::Suspended {
        return Err(ApiError::AccountSuspended);
    }
    let signed_in = issue(app, &*change, user, session.family_id, next).await?;
    change
        .commit(Entry::new("auth.refresh", "Renewed the session").on("session", &session.family_id))
        .await?;
    Ok(signed_in)
}

/// A spent token came back: whoever holds it, or its successor, may be a thief, so both must sign in again.
async fn end_family(
    app: &App,
    change: Change,
    call: &Call,
    session: user_session::Model,
) -> Result<ApiError, ApiError> {
    if let Some(user) = user::find_living(&*change, session.user_id).await? {
        name_actor(call, &user);
    }
    user_session::revoke_family(&*change, session.family_id, RevocationReason::Reused, Utc::now()).await?;
    let entry = Entry::new("auth.refresh", "A spent refresh token was used again: the session was ended")
        .on("session", &session.family_id)
        .severity(Level::Critical)
        .failed("TOKEN_REVOKED");
    change.commit(entry).await?;
    app.sessions.forget(session.family_id);
    Ok(ApiError::TokenRevoked)
}

/// Ends session `sid` of `user`, and the one that `token` belongs to if it is theirs too.
///
/// # Errors
/// The database's.
pub async fn logout(app: &App, call: &Arc<Call>, user: Uuid, sid: Uuid, token: &str) -> Result<(), ApiError> {
    let (change, now) = (Change::begin(&app.db, call).await?, Utc::now());
    let named = user_session::find_by_token_hash(&*change, &hash_of(token)).await?;
    let other = named.filter(|session| session.user_id == user).map(|session| session.family_id);
    let families: Vec<Uuid> = std::iter::once(sid).chain(other.filter(|family| *family != sid)).collect();
    for family in &families {
        user_session::revoke_family(&*change, *family, RevocationReason::SignedOut, now).await?;
    }
    change.commit(Entry::new("auth.logout", "Signed out").on("session", &sid)).await?;
    families.into_iter().for_each(|family| app.sessions.forget(family));
    Ok(())
}

/// What a role grants; nothing where the role is gone.
///
/// # Errors
/// The database's.
pub async fn permissions_of(db: &impl ConnectionTrait, role: &str) -> Result<Vec<String>, ApiError> {
    Ok(role::Entity::find_by_id(role).one(db).await?.map(|role| role.permissions.0).unwrap_or_default())
}

async fn issue(
    app: &App,
    db: &impl ConnectionTrait,
    user: user::Model,
    sid: Uuid,
    refresh: RefreshToken,
) -> Result<SignedIn, ApiError> {
    let permissions = permissions_of(db, &user.role_id).await?;
    let access_token = app.tokens.sign(&user, &permissions, sid).map_err(ApiError::internal)?;
    Ok(SignedIn { user, access_token, refresh_token: refresh.text })
}

fn name_actor(call: &Call, user: &user::Model) {
    let actor = Actor { name: user.email.clone(), user_id: Some(user.id), role: Some(user.role_id.clone()) };
    call.name_actor(actor);
}
