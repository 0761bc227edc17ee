//! `GET /ws`: token and origin are checked before the upgrade, so that a refusal is an ordinary answer in the error
//! envelope. Browsers cannot set headers here, hence the token in the query, where the outermost layer reads it: a handshake
//! counts for the rate limit of its user, like any other call. No log line carries the token.

use std::sync::Arc;

use poem::{
    Endpoint, FromRequest as _, IntoResponse as _, Request, RequestBody, Response, Result,
    endpoint::make,
    http::header,
    web::websocket::{WebSocket, WebSocketConfig},
};

use super::{client::Client, session};
use crate::{
    auth::{Claims, SessionState, TokenError},
    call::{Bearer, Call},
    error::ApiError,
    machinery::{DATABASE, within},
    middleware::cors,
    state::App,
};

/// Where it is.
pub const PATH: &str = "/ws";

/// Largest message from a browser, in bytes.
const MAX_MESSAGE: usize = 64 << 10;

/// The endpoint.
pub fn endpoint(app: Arc<App>) -> impl Endpoint<Output = Response> {
    make(move |request| {
        let app = Arc::clone(&app);
        async move { upgrade(request, app).await }
    })
}

async fn upgrade(request: Request, app: Arc<App>) -> Result<Response> {
    let claims = admit(&request, &app).await?;
    let (request, mut body) = request.split();
    let socket = accept(&request, &mut body).await?;
    let client = Arc::new(Client::new(claims));
    let connections = app.hub.connections.clone();
    Ok(socket
        .on_upgrade(move |stream| connections.track_future(session::run(stream, client, app)))
        .into_response())
}

async fn accept(request: &Request, body: &mut RequestBody) -> Result<WebSocket> {
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    Ok(WebSocket::from_request(request, body).await?.config(config))
}

async fn admit(request: &Request, app: &App) -> Result<Arc<Claims>, ApiError> {
    if request.headers().get(header::ORIGIN).is_some_and(|origin| !cors::is_allowed(app, origin)) {
        return Err(ApiError::Refused("pages of this origin may not connect"));
    }
    let claims = match &Call::of(request)?.bearer {
        Bearer::Valid(claims) => Arc::clone(claims),
        Bearer::Refused(TokenError::Expired) => return Err(ApiError::TokenExpired),
        Bearer::Refused(TokenError::Invalid) | Bearer::Absent => return Err(ApiError::Unauthenticated),
    };
    match within(DATABASE, app.sessions.state(&app.db, claims.sub, claims.sid)).await? {
        SessionState::Living => Ok(claims),
        SessionState::Ended => Err(ApiError::TokenRevoked),
        SessionState::Suspended => Err(ApiError::AccountSuspended),
    }
}

/// The access token of a handshake.
pub fn token_of(request: &Request) -> Option<String> {
    let query = request.uri().query()?;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned())
}
