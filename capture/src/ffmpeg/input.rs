//! The side of FFmpeg that faces the camera. Every name is resolved and judged here, and FFmpeg is given an address in
//! figures: what it connects to is what was judged.

use std::ffi::{OsStr, OsString};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use platform::outbound::Outbound;
use tokio::net::TcpStream;
use url::{Host, Url};

use super::relay::Relay;
use crate::error::CaptureError;
use crate::source::Live;

/// A camera that does not take the connection within this time is not there.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);

/// FFmpeg gives a silent camera up after this time: its `-timeout` below, in microseconds.
const SILENCE_LIMIT: Duration = Duration::from_secs(3);

const RTSP_PORT: u16 = 554;

/// Containers and raw streams that hold video themselves. Playlists, which name further files and hosts, are not among
/// them: HLS, DASH, concat, SDP.
const FORMATS: &str =
    "mov,matroska,avi,mpegts,mpeg,flv,asf,ogg,ivf,h264,hevc,mpegvideo,mjpeg,mpjpeg,jpeg_pipe";

/// What FFmpeg reads, with the options that belong to it.
#[derive(Debug)]
pub(crate) struct Input {
    options: Vec<&'static str>,
    address: OsString,
    is_live: bool,
    relay: Option<Relay>,
}

impl Input {
    /// What FFmpeg reads of a live source, its host judged.
    pub async fn live(source: &Live, outbound: Outbound) -> Result<Self, CaptureError> {
        match source {
            Live::Rtsp(url) => Self::rtsp(url, outbound).await,
            Live::Tcp(url) => Self::tcp(url, outbound).await,
            Live::Udp { group, port } => Ok(Self::udp(group.as_ref(), *port)),
            Live::Usb(device) => Ok(Self::usb(device)),
        }
    }

    /// A camera that speaks RTSP, reached through a [`Relay`]; the connection stands when this returns.
    async fn rtsp(url: &Url, outbound: Outbound) -> Result<Self, CaptureError> {
        outbound.check_literal(url, &["rtsp"])?;
        let addresses =
            outbound.resolve(url.host_str().unwrap_or_default(), url.port().unwrap_or(RTSP_PORT)).await?;
        let relay =
            Relay::start(connect(&addresses).await?).await.map_err(|e| CaptureError::Machine(Arc::new(e)))?;
        let mut url = url.clone();
        // Neither call can fail on a URL that has a host.
        let _ = url.set_ip_host(relay.address().ip());
        let _ = url.set_port(Some(relay.address().port()));
        url.set_fragment(None);
        // -rw_timeout hangs here and -stimeout is gone.
        let options = ["-protocol_whitelist", "rtsp,tcp", "-rtsp_transport", "tcp", "-timeout", "3000000"];
        let only_video = ["-allowed_media_types", "video"];
        let options = [&options[..], &only_video].concat();
        Ok(Self { options, address: url.as_str().into(), is_live: true, relay: Some(relay) })
    }

    /// A raw stream that the camera serves on a TCP port.
    async fn tcp(url: &Url, outbound: Outbound) -> Result<Self, CaptureError> {
        outbound.check_literal(url, &["tcp"])?;
        let addresses =
            outbound.resolve(url.host_str().unwrap_or_default(), url.port().unwrap_or_default()).await?;
        let address = addresses.first().ok_or(CaptureError::unreachable("its host has no address"))?;
        let options = ["-protocol_whitelist", "tcp", "-timeout", "3000000"];
        Ok(Self::raw(&options, format!("tcp://{address}").into(), true))
    }

    /// A raw stream that the camera sends to a UDP port of ours, or to a group that we join.
    fn udp(group: Option<&Host>, port: u16) -> Self {
        let host = group.map_or_else(|| "0.0.0.0".into(), ToString::to_string);
        // Nothing times out on a silent socket: the limit around the capture does.
        Self::raw(&["-protocol_whitelist", "udp"], format!("udp://{host}:{port}").into(), true)
    }

    /// A video file whose path was resolved.
    pub fn file(path: &Path) -> Self {
        let mut address = OsString::from("file:");
        address.push(path);
        Self::raw(&["-protocol_whitelist", "file"], address, false)
    }

    /// A Video4Linux device.
    fn usb(device: &Path) -> Self {
        Self { options: vec!["-f", "v4l2"], address: device.into(), is_live: true, relay: None }
    }

    fn raw(protocol: &[&'static str], address: OsString, is_live: bool) -> Self {
        let formats = ["-format_whitelist", FORMATS, "-analyzeduration", "1000000"];
        Self { options: [protocol, &formats].concat(), address, is_live, relay: None }
    }

    pub(super) fn options(&self) -> &[&'static str] {
        &self.options
    }

    pub(super) fn address(&self) -> &OsStr {
        &self.address
    }

    pub(super) const fn is_live(&self) -> bool {
        self.is_live
    }

    pub(super) const fn is_rtsp(&self) -> bool {
        self.relay.is_some()
    }

    /// Whether the camera tried to send FFmpeg to another address.
    pub(super) fn was_redirected(&self) -> bool {
        self.relay.as_ref().is_some_and(Relay::saw_redirect)
    }

    /// Whether the camera had fallen silent when FFmpeg gave up. FFmpeg itself then speaks of invalid data.
    pub(super) fn was_silent(&self) -> bool {
        self.relay.as_ref().is_some_and(|relay| relay.silence() >= SILENCE_LIMIT)
    }
}

/// Tries the judged addresses in turn, IPv4 first, as most cameras have no other.
async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, CaptureError> {
    let mut addresses = addresses.to_vec();
    addresses.sort_by_key(|address| matches!(address.ip(), IpAddr::V6(_)));
    match tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(addresses.as_slice())).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => {
            let reason = if error.kind() == std::io::ErrorKind::ConnectionRefused {
                "it refuses the connection"
            } else {
                "no connection"
            };
            Err(CaptureError::Unreachable { reason, cause: Some(Arc::new(error)) })
        }
        Err(_) => Err(CaptureError::unreachable("it does not answer")),
    }
}
