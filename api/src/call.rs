//! One HTTP call: who makes it, from where, and under which request id. The outermost middleware makes it, everything
//! inside reads it, and the audit notes in it whether the call has its row.

use std::{
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use poem::{Request, http::Method};
use uuid::Uuid;

use crate::{
    auth::{Claims, TokenError},
    error::ApiError,
};

/// What the `Authorization` header, or the query of a WebSocket handshake, says, before anything was asked of the database.
#[derive(Debug)]
pub enum Bearer {
    /// There is none, or none that we understand.
    Absent,
    /// One that does not hold.
    Refused(TokenError),
    /// One that we signed and that has not expired.
    Valid(Arc<Claims>),
}

/// What the audit knows about who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// E-mail address, or what was tried as one.
    pub name: String,
    /// The account, if there is one.
    pub user_id: Option<Uuid>,
    /// Its role at this time.
    pub role: Option<String>,
}

/// A call in progress.
#[derive(Debug)]
pub struct Call {
    /// From `X-Request-Id`, or made.
    pub id: Uuid,
    /// The client's address, behind trusted proxies the one they report.
    pub client: IpAddr,
    /// Browser or program, cut to a length that can be stored.
    pub user_agent: Option<String>,
    /// The HTTP method.
    pub method: Method,
    /// The path without its query, which may hold a token.
    pub path: String,
    /// Who says to be calling.
    pub bearer: Bearer,
    audited: AtomicBool,
    /// The limit that the body went beyond, in bytes; 0 where it did not.
    pub(crate) overflowed: AtomicU64,
    actor: OnceLock<Actor>,
}

impl Call {
    pub(crate) fn new(id: Uuid, client: IpAddr, request: &Request, bearer: Bearer) -> Self {
        Self {
            id,
            client,
            user_agent: request.header("user-agent").map(|text| text.chars().take(300).collect()),
            method: request.method().clone(),
            path: request.uri().path().chars().take(500).collect(),
            bearer,
            audited: AtomicBool::new(false),
            overflowed: AtomicU64::new(0),
            actor: OnceLock::new(),
        }
    }

    /// The call that `request` belongs to.
    ///
    /// # Errors
    /// Only where the middleware was left out.
    pub fn of(request: &Request) -> Result<&Arc<Self>, ApiError> {
        request.data::<Arc<Self>>().ok_or_else(|| ApiError::internal("the request has no call"))
    }

    /// The user behind the access token, whether or not the session still lives.
    #[must_use]
    pub fn user_id(&self) -> Option<Uuid> {
        match &self.bearer {
            Bearer::Valid(claims) => Some(claims.sub),
            Bearer::Absent | Bearer::Refused(_) => None,
        }
    }

    /// Names the actor of a call that carries no token, such as a sign-in.
    pub fn name_actor(&self, actor: Actor) {
        // The first name stands: it is the one that was claimed.
        let _ = self.actor.set(actor);
    }

    /// Who acts, for the audit.
    #[must_use]
    pub fn actor(&self) -> Actor {
        if let Some(named) = self.actor.get() {
            return named.clone();
        }
        match &self.bearer {
            Bearer::Valid(claims) => Actor {
                name: claims.email.clone(),
                user_id: Some(claims.sub),
                role: Some(claims.role.clone()),
            },
            Bearer::Absent | Bearer::Refused(_) => {
                Actor { name: "anonymous".to_owned(), user_id: None, role: None }
            }
        }
    }

    /// Whether the call changes something, so that the audit wants a row.
    #[must_use]
    pub fn is_mutating(&self) -> bool {
        [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(&self.method)
    }

    pub(crate) fn mark_audited(&self) {
        self.audited.store(true, Ordering::Release);
    }

    pub(crate) fn is_audited(&self) -> bool {
        self.audited.load(Ordering::Acquire)
    }
}
