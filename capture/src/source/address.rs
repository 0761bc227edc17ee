//! The checked address of a source: one reader for each stream type, which takes the schemes and forms of that type
//! and nothing else.

use std::borrow::Cow;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use url::{Host, Url};

use super::{SourceError, StreamType};

/// Longest stream URL, in bytes.
pub(super) const MAX_LENGTH: usize = 2048;

/// What FFmpeg, the HTTP client or the file system is asked for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Live(Live),
    Http(Url),
    File(PathBuf),
}

/// A stream that goes on for ever and is read by FFmpeg.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Live {
    Rtsp(Url),
    /// A stream that the camera serves on a TCP port.
    Tcp(Url),
    /// Where the camera sends its packets: a group to join, or nobody in particular.
    Udp {
        group: Option<Host>,
        port: u16,
    },
    Usb(PathBuf),
}

impl Target {
    pub(super) fn parse(stream_type: StreamType, text: &str) -> Result<Self, SourceError> {
        check_text(text, stream_type)?;
        Ok(match stream_type {
            StreamType::Rtsp => Self::Live(Live::Rtsp(with_host(url(text, stream_type, "rtsp")?)?)),
            StreamType::Http => Self::Http(with_host(url(text, stream_type, "http, https")?)?),
            StreamType::Socket => Self::Live(socket(url(&listening(text), stream_type, "udp, tcp")?)?),
            StreamType::Usb => Self::Live(Live::Usb(device(text).ok_or(SourceError::Device)?)),
            StreamType::LocalFile => Self::File(file(text).ok_or(SourceError::Path)?),
        })
    }
}

/// Only a path may have spaces in it.
fn check_text(text: &str, stream_type: StreamType) -> Result<(), SourceError> {
    let spaces_allowed = stream_type == StreamType::LocalFile;
    match text {
        "" => Err(SourceError::Empty),
        _ if text.len() > MAX_LENGTH => Err(SourceError::TooLong),
        _ if text.contains(|c: char| c.is_control() || (c.is_whitespace() && !spaces_allowed)) => {
            Err(SourceError::Character)
        }
        _ => Ok(()),
    }
}

fn url(text: &str, stream_type: StreamType, allowed: &'static str) -> Result<Url, SourceError> {
    let url = Url::parse(text).map_err(|_| SourceError::NotAUrl)?;
    if allowed.split(", ").any(|scheme| scheme == url.scheme()) {
        return Ok(url);
    }
    let given = url.scheme().chars().take(16).collect();
    Err(SourceError::Scheme { given, stream_type: stream_type.as_str(), allowed })
}

fn with_host(url: Url) -> Result<Url, SourceError> {
    if url.host_str().is_none_or(str::is_empty) { Err(SourceError::NoHost) } else { Ok(url) }
}

/// `udp://@:5000` and `udp://@239.1.2.3:5000`, as players write an address to listen on, in the words of the URL standard.
fn listening(text: &str) -> Cow<'_, str> {
    match text.strip_prefix("udp://").map(|place| place.trim_start_matches('@')) {
        Some(port) if port.starts_with(':') => format!("udp://0.0.0.0{port}").into(),
        Some(place) => format!("udp://{place}").into(),
        None => text.into(),
    }
}

fn socket(url: Url) -> Result<Live, SourceError> {
    let port = url.port().ok_or(SourceError::Port)?;
    if url.scheme() == "tcp" {
        return Ok(Live::Tcp(with_host(url)?));
    }
    if port < 1024 {
        return Err(SourceError::Port);
    }
    Ok(Live::Udp { group: url.host().filter(is_group).map(|host| host.to_owned()), port })
}

/// Any other host of a udp URL says who is expected to send, which UDP itself cannot hold anybody to.
fn is_group(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_multicast(),
        Host::Ipv6(ip) => ip.is_multicast(),
        Host::Domain(name) => name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_multicast()),
    }
}

fn device(text: &str) -> Option<PathBuf> {
    let is_number = |s: &str| (1..=3).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    let path = text.strip_prefix("v4l2://").unwrap_or(text);
    if is_number(path) {
        return Some(PathBuf::from(format!("/dev/video{path}")));
    }
    let by_number = path.strip_prefix("/dev/video").is_some_and(is_number);
    let link = path.strip_prefix("/dev/v4l/by-id/").or_else(|| path.strip_prefix("/dev/v4l/by-path/"));
    let by_name =
        link.is_some_and(|name| !name.is_empty() && name != "." && name != ".." && !name.contains('/'));
    (by_number || by_name).then(|| PathBuf::from(path))
}

fn file(text: &str) -> Option<PathBuf> {
    let path = match Url::parse(text) {
        Ok(url) if url.scheme() == "file" => url.to_file_path().ok()?,
        _ => PathBuf::from(text),
    };
    let climbs = path.components().any(|part| part == Component::ParentDir);
    (!climbs && path != Path::new("")).then_some(path)
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live(live) => live.fmt(f),
            Self::Http(url) => write_place(f, url),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl fmt::Display for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rtsp(url) | Self::Tcp(url) => write_place(f, url),
            Self::Udp { port, .. } => write!(f, "udp port {port}"),
            Self::Usb(path) => write!(f, "{}", path.display()),
        }
    }
}

fn write_place(f: &mut fmt::Formatter<'_>, url: &Url) -> fmt::Result {
    write!(f, "{}://{}", url.scheme(), url.host_str().unwrap_or_default())?;
    url.port().map_or(Ok(()), |port| write!(f, ":{port}"))
}
