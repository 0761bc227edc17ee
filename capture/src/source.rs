//! What a camera row names, checked: its stream type and URL become a [`Source`], or a [`SourceError`] that says what is
//! wrong. Credentials stay inside: whatever is printed of a source names the host at most, since cameras carry passwords
//! in the user part, in the query and even in the path of their URLs.

mod address;

use std::fmt;
use std::str::FromStr;

use address::MAX_LENGTH;
use platform::outbound::{Outbound, OutboundError};

pub(crate) use address::{Live, Target};

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

impl Source {
    /// Reads the two columns of a camera row.
    ///
    /// # Errors
    /// Every [`SourceError`] but [`SourceError::UnknownType`] and [`SourceError::NoFile`].
    pub fn parse(stream_type: StreamType, stream_url: &str) -> Result<Self, SourceError> {
        let target = Target::parse(stream_type, stream_url.trim())?;
        Ok(Self { stream_type, target })
    }

    /// Checks what can be checked without the network: whether the host is written as an address that may be called. A
    /// capture checks it again, with names resolved. Nobody is called at a udp address: packets are waited for.
    ///
    /// # Errors
    /// [`OutboundError::Forbidden`].
    pub fn check_literal(&self, outbound: Outbound) -> Result<(), OutboundError> {
        match &self.target {
            Target::Http(url) | Target::Live(Live::Rtsp(url) | Live::Tcp(url)) => {
                outbound.check_literal(url, &[url.scheme()])
            }
            Target::Live(Live::Udp { .. } | Live::Usb(_)) | Target::File(_) => Ok(()),
        }
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

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.target.fmt(f)
    }
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
    fn a_host_in_figures_that_may_never_be_called_is_told_at_once() {
        let check = |stream_type, text| {
            Source::parse(stream_type, text).unwrap().check_literal(Outbound::new(true)).is_ok()
        };
        assert!(check(StreamType::Rtsp, "rtsp://10.0.0.9/live") && check(StreamType::Http, "http://camera/"));
        assert!(check(StreamType::Socket, "udp://@239.1.2.3:5000") && check(StreamType::Usb, "0"));
        for (stream_type, text) in [
            (StreamType::Rtsp, "rtsp://u:p@169.254.169.254/live"),
            (StreamType::Rtsp, "rtsp://[fe80::1]/live"),
            (StreamType::Http, "http://0xa9fea9fe/"),
            (StreamType::Http, "http://[fd00:ec2::254]/"),
            (StreamType::Socket, "tcp://169.254.1.1:9000"),
        ] {
            assert!(!check(stream_type, text), "{text}");
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
