//! The one place in which an operation declares who may call it: its arguments. Each takes exactly one of
//! [`Auth<P>`], [`Public`] and [`SignIn`]; the check runs before the handler, and the same type writes the declaration
//! into the OpenAPI document, where a test reads it back and tries every role against it.

use std::{marker::PhantomData, ops::Deref, sync::Arc};

use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};
use uuid::Uuid;

use super::{
    Claims, SessionState, TokenError,
    permission::{Permission, grants},
};
use crate::{
    call::{Bearer, Call},
    error::ApiError,
    machinery::{DATABASE, within},
    state::App,
};

/// Declares an operation that anybody may call.
pub const PUBLIC: &str = "public";

/// Declares one that anybody may call, a few times a minute.
pub const SIGN_IN: &str = "sign-in";

/// A signed-in caller whose role grants `P`.
pub struct Auth<P> {
    /// The call itself.
    pub call: Arc<Call>,
    claims: Arc<Claims>,
    permission: PhantomData<P>,
}

impl<P: Permission> Auth<P> {
    /// The caller's account.
    #[must_use]
    pub fn user_id(&self) -> Uuid {
        self.claims.sub
    }

    /// Whether the caller's role also grants `Q`.
    #[must_use]
    pub fn may<Q: Permission>(&self) -> bool {
        grants(&self.claims.permissions, Q::NAME)
    }

    /// The caller's role must also grant `Q`.
    ///
    /// # Errors
    /// `FORBIDDEN` naming `Q`.
    pub fn require<Q: Permission>(&self) -> Result<(), ApiError> {
        if self.may::<Q>() { Ok(()) } else { Err(ApiError::Forbidden(Q::NAME)) }
    }
}

impl<P> Deref for Auth<P> {
    type Target = Claims;

    fn deref(&self) -> &Claims {
        &self.claims
    }
}

async fn check(request: &Request, permission: &'static str) -> Result<(Arc<Call>, Arc<Claims>), ApiError> {
    let call = Call::of(request)?;
    let claims = match &call.bearer {
        Bearer::Valid(claims) => claims,
        Bearer::Absent | Bearer::Refused(TokenError::Invalid) => return Err(ApiError::Unauthenticated),
        Bearer::Refused(TokenError::Expired) => return Err(ApiError::TokenExpired),
    };
    let app = request.data::<Arc<App>>().ok_or_else(|| ApiError::internal("the request has no app"))?;
    match within(DATABASE, app.sessions.state(&app.db, claims.sub, claims.sid)).await? {
        SessionState::Living => {}
        SessionState::Ended => return Err(ApiError::TokenRevoked),
        SessionState::Suspended => return Err(ApiError::AccountSuspended),
    }
    if !grants(&claims.permissions, permission) {
        return Err(ApiError::Forbidden(permission));
    }
    Ok((Arc::clone(call), Arc::clone(claims)))
}

impl<'a, P: Permission> ApiExtractor<'a> for Auth<P> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        declare(registry, P::NAME);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![P::NAME]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let (call, claims) = check(request, P::NAME).await?;
        Ok(Self { call, claims, permission: PhantomData })
    }
}

macro_rules! open_to_all {
    ($(#[$doc:meta])* $name:ident, $declaration:expr) => {
        $(#[$doc])*
        pub struct $name(pub Arc<Call>);

        impl<'a> ApiExtractor<'a> for $name {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                declare(registry, $declaration);
            }

            fn security_schemes() -> Vec<&'static str> {
                vec![$declaration]
            }

            async fn from_request(
                request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<()>,
            ) -> Result<Self> {
                Ok(Self(Arc::clone(Call::of(request)?)))
            }
        }
    };
}

open_to_all!(
    /// Anybody; for operations without a token.
    Public,
    PUBLIC
);
open_to_all!(
    /// Anybody, 10 times a minute and address: for operations that try passwords or make accounts.
    SignIn,
    SIGN_IN
);

/// The name is the declaration; `openapi` turns it into `x-permission` and one bearer scheme.
fn declare(registry: &mut Registry, name: &'static str) {
    let scheme = MetaSecurityScheme {
        ty: "http",
        description: None,
        name: None,
        key_in: None,
        scheme: Some("bearer"),
        bearer_format: Some("JWT"),
        flows: None,
        openid_connect_url: None,
    };
    registry.create_security_scheme(name, scheme);
}
