//! What a camera row names, checked: its stream type and URL become a [`Source`], or a [`SourceError`] that says what is
//! wrong. Credentials stay inside: whatever is printed of a source names the host at most, since cameras carry passwords
//! in the user part, in the query and even in the path of their URLs.

use std::borrow::Cow;
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use url::{Host, Url};

/// Longest stream URL, in bytes.
const MAX_LENGTH: usize = 2048;

/// How a camera is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StreamType {
    /// RTSP with the video interleaved in the TCP connection.
    Rtsp,
    /// A Video4Linux device of the worker's machine.
    Usb,
    /// A snapshot or an MJPEG stream over HTTP.
    Http,
    /// A raw stream over UDP, where it is received, or TCP, where it is fetched.
    Socket,
    /// A picture or video below the media root.
    LocalFile,
}

impl StreamType {
    /// All types.
    pub const ALL: [Self; 5] = [Self::Rtsp, Self::Usb, Self::Http, Self::Socket, Self::LocalFile];

    /// The name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rtsp => "RTSP",
            Self::Usb => "USB",
            Self::Http => "HTTP",
            Self::Socket => "Socket",
            Self::LocalFile => "Local File",
        }
    }
}

impl FromStr for StreamType {
    type Err = SourceError;

    fn from_str(name: &str) -> Result<Self, SourceError> {
        Self::ALL.into_iter().find(|known| known.as_str() == name).ok_or(SourceError::UnknownType)
    }
}

/// Why a stream URL cannot work. The text repeats nothing of the URL but its scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// No such stream type.
    #[error("the stream type is none of RTSP, USB, HTTP, Socket, Local File")]
    UnknownType,
    /// Nothing, or only spaces.
    #[error("the stream URL is empty")]
    Empty,
    /// Longer than 2,048 bytes.
    #[error("the stream URL is longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// A line break, NUL or the like.
    #[error("the stream URL has a control character or a space in it")]
    Character,
    /// No URL at all.
    #[error("the stream URL is no valid URL")]
    NotAUrl,
    /// A scheme that this stream type does not have.
    #[error("scheme {given:?} does not belong to stream type {stream_type} (allowed: {allowed})")]
    Scheme {
        /// The scheme that was given, cut to a few characters.
        given: String,
        /// The stream type's name.
        stream_type: &'static str,
        /// The schemes it has.
        allowed: &'static str,
    },
    /// A URL without a host.
    #[error("the stream URL names no host")]
    NoHost,
    /// A socket without a port, or a UDP port below 1024, which workers do not listen on.
    #[error("the stream URL needs a port (for udp, from 1024)")]
    Port,
    /// Not the path of a video device.
    #[error("a USB camera is named by its number, /dev/videoN, /dev/v4l/by-id/NAME or /dev/v4l/by-path/NAME")]
    Device,
    /// A path that climbs, or a file URL with a host.
    #[error("a local file is named by its path below the media root")]
    Path,
    /// Captures of local files are switched off, or there is no such file below the media root.
    #[error("there is no such file below the media root")]
    NoFile,
}

/// Where pictures come from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Source {
    stream_type: StreamType,
    target: Target,
}

/// The checked address of a source.
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

impl Source {
    /// Reads the two columns of a camera row.
    ///
    /// # Errors
    /// Every [`SourceError`] but [`SourceError::UnknownType`] and [`SourceError::NoFile`].
    pub fn parse(stream_type: StreamType, stream_url: &str) -> Result<Self, SourceError> {
        let text = stream_url.trim();
        check_text(text, stream_type)?;
        let target = match stream_type {
            StreamType::Rtsp => Target::Live(Live::Rtsp(with_host(url(text, stream_type, "rtsp")?)?)),
            StreamType::Http => Target::Http(with_host(url(text, stream_type, "http, https")?)?),
            StreamType::Socket => Target::Live(socket(url(&listening(text), stream_type, "udp, tcp")?)?),
            StreamType::Usb => Target::Live(Live::Usb(device(text).ok_or(SourceError::Device)?)),
            StreamType::LocalFile => Target::File(file(text).ok_or(SourceError::Path)?),
        };
        Ok(Self { stream_type, target })
    }

    /// How it is reached.
    #[must_use]
    pub const fn stream_type(&self) -> StreamType {
        self.stream_type
    }

    pub(crate) const fn target(&self) -> &Target {
        &self.target
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

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Live(live) => live.fmt(f),
            Target::Http(url) => write_place(f, url),
            Target::File(path) => write!(f, "{}", path.display()),
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

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({self})")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_stream_type_takes_its_own_addresses() {
        for (stream_type, text) in [
            (StreamType::Rtsp, "rtsp://admin:p%40ss@10.0.0.9/stream1"),
            (StreamType::Rtsp, "rtsp://[fd00::9]:8554/cam"),
            (StreamType::Http, "https://camera.example/snap.jpg?channel=1"),
            (StreamType::Socket, "udp://239.1.2.3:5000"),
            (StreamType::Socket, "udp://@:5000"),
            (StreamType::Socket, "udp://@239.1.2.3:5000"),
            (StreamType::Socket, "tcp://10.0.0.9:9000"),
            (StreamType::Usb, "/dev/video0"),
            (StreamType::Usb, "2"),
            (StreamType::Usb, "/dev/v4l/by-id/usb-cam-index0"),
            (StreamType::LocalFile, "clips/front door.mp4"),
            (StreamType::LocalFile, "file:///srv/media/a.jpg"),
        ] {
            assert!(
                Source::parse(stream_type, text).is_ok(),
                "{text}: {:?}",
                Source::parse(stream_type, text)
            );
        }
    }

    #[test]
    fn a_wrong_address_is_told_what_is_wrong() {
        use SourceError::{Character, Device, Empty, NoHost, NotAUrl, Path, Port, TooLong};
        let long = format!("rtsp://h/{}", "x".repeat(2048));
        for (stream_type, text, expected) in [
            (StreamType::Rtsp, "  ", Empty),
            (StreamType::Rtsp, long.as_str(), TooLong),
            (StreamType::Rtsp, "rtsp://h/a\0b", Character),
            (StreamType::Rtsp, "rtsp://h/a b", Character),
            (StreamType::Rtsp, "camera", NotAUrl),
            (StreamType::Rtsp, "rtsp:///cam", NoHost),
            (StreamType::Socket, "tcp://10.0.0.9", Port),
            (StreamType::Socket, "udp://@:53", Port),
            (StreamType::Usb, "/dev/../etc/passwd", Device),
            (StreamType::Usb, "/dev/v4l/by-id/..", Device),
            (StreamType::Usb, "/dev/sda", Device),
            (StreamType::LocalFile, "../secrets.jpg", Path),
            (StreamType::LocalFile, "file://server/share.jpg", Path),
        ] {
            assert_eq!(Source::parse(stream_type, text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_scheme_of_another_stream_type_is_refused_by_name() {
        for (stream_type, text) in [
            (StreamType::Rtsp, "http://h/"),
            (StreamType::Http, "file:///etc/passwd"),
            (StreamType::Http, "rtsp://h/"),
            (StreamType::Socket, "concat:a|b"),
        ] {
            let refused = Source::parse(stream_type, text).unwrap_err();
            assert!(
                matches!(&refused, SourceError::Scheme { given, .. } if text.starts_with(given)),
                "{refused}"
            );
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let source =
            Source::parse(StreamType::Rtsp, "rtsp://admin:hunter2@cam:554/user=x_password=hunter2?p=hunter2");
        let source = source.unwrap();
        assert_eq!(
            (source.to_string(), format!("{source:?}")),
            ("rtsp://cam:554".into(), "Source(rtsp://cam:554)".into())
        );
    }
}
