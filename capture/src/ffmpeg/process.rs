//! The life of one FFmpeg process. It leads a process group of its own, so that whatever it starts dies with it: the
//! group is killed when this value is dropped, be it after the last picture, a time-out or a cancelled job.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::arguments::{self, Wanted};
use super::complaint;
use super::input::Input;
use crate::error::CaptureError;

/// How much of what FFmpeg complains about is kept: the end, where it sums up.
const MAX_COMPLAINT: usize = 8 * 1024;

/// A running FFmpeg. The order of the fields matters: the group is killed before the child is let go of, since its
/// number cannot belong to anybody else as long as the child has not been waited for.
pub(super) struct Process {
    _group: Group,
    _child: Child,
    stdout: ChildStdout,
    complaint: JoinHandle<Vec<u8>>,
    input: Input,
}

/// Kills the process group when dropped.
struct Group(Pid);

impl Drop for Group {
    fn drop(&mut self) {
        // The only error is that the group is gone.
        let _ = killpg(self.0, Signal::SIGKILL);
    }
}

impl Process {
    pub fn start(ffmpeg: &Path, input: Input, wanted: Wanted) -> Result<Self, CaptureError> {
        let mut child = command(ffmpeg)
            .args(arguments::list(&input, wanted))
            .spawn()
            .map_err(|error| CaptureError::Machine(Arc::new(error)))?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).map(|id| Group(Pid::from_raw(id)));
        let (Some(group), Some(stdout), Some(stderr)) = (group, child.stdout.take(), child.stderr.take())
        else {
            let error = io::Error::other("the child has no process id or no pipes");
            return Err(CaptureError::Machine(Arc::new(error)));
        };
        let complaint = tokio::spawn(read_end(stderr));
        Ok(Self { _group: group, _child: child, stdout, complaint, input })
    }

    /// The next bytes of its output, or `None` when it has closed it.
    pub async fn read(&mut self) -> Result<Option<Bytes>, CaptureError> {
        let mut chunk = BytesMut::with_capacity(64 * 1024);
        let length =
            self.stdout.read_buf(&mut chunk).await.map_err(|e| CaptureError::Machine(Arc::new(e)))?;
        Ok((length > 0).then(|| chunk.freeze()))
    }

    /// Why it closed its output.
    pub async fn failure(&mut self) -> CaptureError {
        if self.input.was_redirected() {
            return CaptureError::NoVideo("the camera redirects to another address");
        }
        if self.input.was_silent() {
            return CaptureError::unreachable("it does not answer");
        }
        let complaint = (&mut self.complaint).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&complaint);
        let error = complaint::meaning(&text);
        tracing::debug!(%error, ffmpeg = complaint::without_addresses(&text), "FFmpeg failed");
        error
    }
}

/// The environment may hold this server's secrets and a proxy's address, which are none of FFmpeg's business.
fn command(ffmpeg: &Path) -> Command {
    let mut command = Command::new(ffmpeg);
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for kept in ["PATH", "LD_LIBRARY_PATH"].map(OsStr::new) {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command.process_group(0).kill_on_drop(true);
    command
}

/// Reads to the end, so that FFmpeg never blocks on it, and keeps the last part.
async fn read_end(mut stderr: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(length @ 1..) = stderr.read(&mut chunk).await {
        kept.extend_from_slice(&chunk[..length]);
        let excess = kept.len().saturating_sub(MAX_COMPLAINT);
        kept.drain(..excess);
    }
    kept
}
