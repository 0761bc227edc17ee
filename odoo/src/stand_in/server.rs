//! HTTP: connections that are kept, paths of each version, and the faults.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Response, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{net::TcpListener, task::JoinSet, time::sleep};

use super::{
    Fault, Shared,
    front::{Asked, Reply, Request},
    json2,
    jsonrpc::Envelope,
};

/// The connection is to break.
#[derive(Debug, thiserror::Error)]
#[error("as the test wishes")]
struct Broken;

/// Serves until its task is aborted, and with it all connections.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| serve(request, Arc::clone(&shared)));
        connections.spawn(async move {
            // A connection that breaks is the caller's business.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(
    request: hyper::Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, Broken> {
    let request = read(request).await.ok_or(Broken)?;
    // In a task of its own: a server goes on when the caller has hung up.
    let answered = tokio::spawn(async move { answer(&request, &shared).await }).await;
    Ok(response(answered.map_err(|_| Broken)??))
}

async fn read(request: hyper::Request<Incoming>) -> Option<Request> {
    let (head, body) = request.into_parts();
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    Some(Request {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        key: text("authorization")
            .and_then(|text| text.strip_prefix("bearer ").or_else(|| text.strip_prefix("Bearer ")))
            .map(str::to_owned),
        database: text("x-odoo-database").map(str::to_owned),
        is_json: text("content-type").is_some_and(|kind| kind.starts_with("application/json")),
        body: body.collect().await.ok()?.to_bytes().to_vec(),
    })
}

async fn answer(request: &Request, shared: &Shared) -> Result<Reply, Broken> {
    let envelope = if request.path == "/jsonrpc" { Envelope::read(request) } else { None };
    let asked = envelope.as_ref().map_or_else(|| json2::asked(request), Envelope::asked);
    let fault = shared.faults.of(&asked.method);
    match fault {
        Some(Fault::BreakBefore) => return Err(Broken),
        Some(Fault::StatusBefore(status)) => return Ok(Reply::Page(status)),
        Some(Fault::SlowWork(time)) => sleep(time).await,
        Some(Fault::KeyExpires) => shared.world().key_expired = true,
        _ => {}
    }
    take_time(shared, &asked).await;
    let reply = work(request, envelope.as_ref(), shared);
    keep(shared, &asked)?;
    match fault {
        Some(Fault::BreakAfter) => return Err(Broken),
        Some(Fault::StatusAfter(status)) => return Ok(Reply::Page(status)),
        Some(Fault::Page) => return Ok(Reply::Page(200)),
        Some(Fault::Bare) => return Ok(Reply::Json(200, json!({ "jsonrpc": "2.0", "id": 1 }))),
        Some(Fault::Huge) => return Ok(Reply::Huge(64 * 1024 * 1024)),
        Some(Fault::SlowReply(time)) => sleep(time).await,
        _ => {}
    }
    Ok(reply)
}

/// What was changed is kept before anybody is told.
fn keep(shared: &Shared, asked: &Asked) -> Result<(), Broken> {
    let changes = ["create", "write", "unlink"].contains(&asked.method.as_str());
    match shared.setup.file.as_ref().filter(|_| changes) {
        Some(file) => shared.world().keep(file).map_err(|_| Broken),
        None => Ok(()),
    }
}

async fn take_time(shared: &Shared, asked: &Asked) {
    let time = shared.setup.create_hundred * u32::try_from(asked.new).unwrap_or(u32::MAX) / 100;
    if !time.is_zero() {
        sleep(time).await;
    }
}

fn work(request: &Request, envelope: Option<&Envelope>, shared: &Shared) -> Reply {
    let version = shared.setup.version;
    match (request.method.as_str(), request.path.as_str(), envelope) {
        ("POST", "/jsonrpc", Some(envelope)) => envelope.answer(shared),
        ("POST", "/jsonrpc", None) => Reply::Page(400),
        ("GET", "/json/version", _) if version >= 19 => {
            let info = json!([version, 0, 0, "final", 0, ""]);
            Reply::Json(200, json!({ "version": format!("{version}.0"), "version_info": info }))
        }
        // 18 has pages below this path, for people who are signed in.
        ("GET", "/json/version", _) if version == 18 => Reply::Redirect("/web/login"),
        ("GET", "/web/login", _) => Reply::Page(200),
        ("POST", path, _) if version >= 19 && path.starts_with("/json/2") => json2::answer(request, shared),
        _ => Reply::Page(404),
    }
}

const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Odoo</title></head><body>A page for people</body></html>";

fn response(reply: Reply) -> Response<Full<Bytes>> {
    let build = |status: u16, kind: &str, body: Bytes| {
        let answer = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
        answer.body(Full::new(body))
    };
    let built = match reply {
        Reply::Json(status, value) => {
            build(status, "application/json; charset=utf-8", value.to_string().into())
        }
        Reply::Page(status) => build(status, "text/html; charset=utf-8", Bytes::from_static(PAGE.as_bytes())),
        Reply::Redirect(to) => {
            Response::builder().status(303).header(header::LOCATION, to).body(Full::new(Bytes::new()))
        }
        Reply::Huge(bytes) => build(200, "application/json", format!("\"{}\"", "x".repeat(bytes)).into()),
    };
    // Every part of it is one of ours, so it can be built.
    built.unwrap_or_default()
}
