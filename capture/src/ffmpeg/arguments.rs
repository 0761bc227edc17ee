//! The argument lists. Each flag was measured: see the comments, and never add `-fflags nobuffer` (grey pictures) or
//! `-skip_frame nokey` (five seconds to the first picture).

use std::ffi::OsString;
use std::time::Duration;

use super::input::Input;
use crate::jpeg::MAX_PIXELS;

/// What FFmpeg is to write to its standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// One JPEG.
    OnePicture,
    /// A JPEG so often, for ever.
    PictureEvery(Duration),
    /// A line of text about each packet of this much video.
    Packets(Duration),
}

/// The whole list, without the program's name.
pub(super) fn list(input: &Input, wanted: Wanted) -> Vec<OsString> {
    let mut list: Vec<OsString> = ["-nostdin", "-hide_banner", "-v", "error"].map(OsString::from).to_vec();
    list.extend(input.options().iter().map(OsString::from));
    if wanted.decodes() && input.is_rtsp() {
        // The session description names codec and size already: analysing the stream again costs a second.
        list.extend(["-analyzeduration", "0", "-probesize", "32", "-fpsprobesize", "0"].map(OsString::from));
    }
    if wanted.decodes() {
        list.extend(["-max_pixels".into(), MAX_PIXELS.to_string().into()]);
    }
    list.extend(["-threads", "1", "-i"].map(OsString::from));
    list.push(input.address().to_owned());
    list.extend(["-map", "0:v:0"].map(OsString::from));
    list.extend(wanted.output(input.is_live()).into_iter().map(OsString::from));
    list
}

impl Wanted {
    fn decodes(self) -> bool {
        !matches!(self, Self::Packets(_))
    }

    fn output(self, live: bool) -> Vec<String> {
        let jpeg = ["-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "3"].map(String::from);
        let mut output = match self {
            Self::OnePicture => {
                // The first picture of a stream joined in the middle may be half; the second is whole.
                let filter = if live { "select=gte(n\\,1)" } else { "null" };
                [&["-vf", filter, "-frames:v", "1"].map(String::from)[..], &jpeg].concat()
            }
            Self::PictureEvery(interval) => {
                // Unlike the filter fps, this one sends a picture on at once, not when the next has come.
                let seconds = interval.as_secs_f64();
                let filter =
                    format!("select=gte(n\\,1)*(isnan(prev_selected_t)+gte(t-prev_selected_t\\,{seconds}))");
                [&["-vf".into(), filter, "-fps_mode".into(), "passthrough".into()][..], &jpeg].concat()
            }
            Self::Packets(span) => {
                let seconds = span.as_secs_f64().to_string();
                ["-c", "copy", "-t", &seconds, "-f", "framecrc"].map(String::from).to_vec()
            }
        };
        output.extend(["-flush_packets", "1", "pipe:1"].map(String::from));
        output
    }
}
