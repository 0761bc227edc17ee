//! HTTP cameras: a snapshot, or an MJPEG stream of which one picture is read. The pictures are found by their own
//! markers, whatever type or boundary the camera claims, and are not decoded. Redirects are judged by
//! [`platform::outbound`]; credentials are sent only when the camera itself asks for them, never to another host.

mod challenge;
mod digest;

use std::sync::Arc;
use std::time::{Duration, Instant};

use platform::outbound::{HttpClient, OutboundError};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Method, Response, StatusCode};
use tokio::time::timeout;
use url::Url;

use crate::error::CaptureError;
use crate::frame::{Frame, Probe, Tally};
use crate::jpeg::{JpegError, Picture, Splitter};
use challenge::Challenge;

/// The first picture that the camera sends.
pub(crate) async fn frame(client: &HttpClient, url: &Url, limit: usize) -> Result<Frame, CaptureError> {
    Pictures::open(client, url, limit).await?.first().await.map(Frame::arrived)
}

/// Measures what comes within `span` after the first picture. `asked` is when the probe began.
pub(crate) async fn probe(
    client: &HttpClient,
    url: &Url,
    limit: usize,
    span: Duration,
    asked: Instant,
) -> Result<Probe, CaptureError> {
    let mut pictures = Pictures::open(client, url, limit).await?;
    let first = pictures.first().await?;
    let (latency, begun) = (asked.elapsed(), Instant::now());
    let mut tally = Tally::default();
    tally.add(first.jpeg.len() as u64, 0.0);
    while let Some(left) = span.checked_sub(begun.elapsed()) {
        // A snapshot ends after its one picture.
        let Ok(Ok(Some(next))) = timeout(left, pictures.next()).await else { break };
        tally.add(next.jpeg.len() as u64, begun.elapsed().as_secs_f64());
    }
    Ok(Probe {
        latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
        bitrate_kbps: tally.bitrate_kbps(),
        fps: tally.fps(),
        resolution: Some((first.width, first.height)),
        codec: Some("mjpeg".to_owned()),
    })
}

/// The pictures of one answer.
struct Pictures {
    answer: Response,
    splitter: Splitter,
}

impl Pictures {
    async fn open(client: &HttpClient, url: &Url, limit: usize) -> Result<Self, CaptureError> {
        let answer = fetch(client, url).await?;
        match answer.status() {
            status if status.is_success() => Ok(Self { answer, splitter: Splitter::new(limit) }),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(CaptureError::Unauthorised),
            status if status.is_redirection() => {
                Err(CaptureError::NoVideo("the camera redirects to something that is not HTTP"))
            }
            status => Err(CaptureError::Status(status.as_u16())),
        }
    }

    async fn first(&mut self) -> Result<Picture, CaptureError> {
        match self.next().await? {
            Some(picture) => Ok(picture),
            None if self.splitter.at_end() == JpegError::CutOff => {
                Err(CaptureError::Broken("the picture is cut off"))
            }
            None => Err(CaptureError::NoVideo("the camera's answer is no JPEG")),
        }
    }

    /// The next picture, or `None` at the end of the answer.
    async fn next(&mut self) -> Result<Option<Picture>, CaptureError> {
        loop {
            match self.splitter.next_picture() {
                Ok(Some(picture)) => return Ok(Some(picture)),
                Ok(None) => {}
                Err(JpegError::TooLarge(limit)) => return Err(CaptureError::TooLarge { limit }),
                Err(JpegError::TooManyPixels) => return Err(CaptureError::TooManyPixels),
                Err(JpegError::NotJpeg | JpegError::CutOff) => {
                    return Err(CaptureError::NoVideo("the camera's answer is no JPEG"));
                }
            }
            match self.answer.chunk().await.map_err(failed)? {
                Some(chunk) => self.splitter.push(&chunk),
                None => return Ok(None),
            }
        }
    }
}

/// Asks without credentials first, then, where the camera wants some and the URL has some, once more with them.
async fn fetch(client: &HttpClient, url: &Url) -> Result<Response, CaptureError> {
    let mut bare = url.clone();
    // Cannot fail on a URL that has a host.
    let _ = (bare.set_username(""), bare.set_password(None));
    let answer = send(client, &bare, None).await?;
    let same_place = answer.url().origin() == bare.origin();
    let asked = answer.status() == StatusCode::UNAUTHORIZED && same_place;
    match credentials(url, asked.then(|| answer.headers())) {
        Some(credentials) => send(client, &bare, Some(credentials)).await,
        None => Ok(answer),
    }
}

async fn send(
    client: &HttpClient,
    url: &Url,
    credentials: Option<HeaderValue>,
) -> Result<Response, CaptureError> {
    let mut request = client.request(Method::GET, url.clone())?;
    if let Some(credentials) = credentials {
        request = request.header(AUTHORIZATION, credentials);
    }
    request.send().await.map_err(failed)
}

/// The header that answers the camera's challenge; `None` when it asks for nothing that can be given.
fn credentials(url: &Url, asked: Option<&HeaderMap>) -> Option<HeaderValue> {
    let challenges = asked?.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let challenge = Challenge::strongest(challenges)?;
    let mut header = HeaderValue::from_str(&challenge.answer(url)?).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The URL is taken out of the error: its query may hold a password.
fn failed(error: reqwest::Error) -> CaptureError {
    if let Some(refused) = OutboundError::within(&error) {
        return refused.clone().into();
    }
    let reason = if error.is_connect() { "no connection" } else { "it breaks off its answer" };
    CaptureError::Unreachable { reason, cause: Some(Arc::new(error.without_url())) }
}
