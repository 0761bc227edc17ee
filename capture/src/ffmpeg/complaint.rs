//! What FFmpeg's complaints mean. Its words are for developers and repeat the whole URL with its password, so they are
//! turned into errors of our own and never shown.

use crate::error::CaptureError;

/// The error that FFmpeg's standard error output tells of.
pub(super) fn meaning(complaint: &str) -> CaptureError {
    let says = |words: &[&str]| words.iter().any(|word| complaint.contains(word));
    if says(&["401 Unauthorized", "403 Forbidden", "authorization failed"]) {
        CaptureError::Unauthorised
    } else if says(&["404 Not Found", "454 Session Not Found", "Server returned 4"]) {
        CaptureError::NoVideo("the camera knows no such stream")
    } else if says(&["Server returned 5"]) {
        CaptureError::unreachable("it reports a fault of its own")
    } else if says(&["Connection refused"]) {
        CaptureError::unreachable("it refuses the connection")
    } else if says(&["timed out", "No route to host", "Network is unreachable"]) {
        CaptureError::unreachable("it does not answer")
    } else if says(&["Device or resource busy"]) {
        CaptureError::unreachable("another program uses the device")
    } else if says(&["Address already in use"]) {
        CaptureError::unreachable("another program listens on that port")
    } else if says(&["Cannot open video device"]) {
        CaptureError::unreachable("there is no such device, or this server may not open it")
    } else if says(&["exceeds specified max pixel count"]) {
        CaptureError::TooManyPixels
    } else if says(&NO_VIDEO) {
        CaptureError::NoVideo("it holds no video that can be read")
    } else {
        CaptureError::Broken("it ended before a whole picture")
    }
}

const NO_VIDEO: [&str; 7] = [
    "Invalid data found when processing input",
    "not on whitelist",
    "matches no streams",
    "does not contain any stream",
    "Not a video capture device",
    "Inappropriate ioctl",
    "Could not find codec parameters",
];

/// The lines that name no address, on one line, for the log.
pub(super) fn without_addresses(complaint: &str) -> String {
    let lines = complaint.lines().filter(|line| !line.contains("://") && !line.contains("file:"));
    lines.take(10).collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_ffmpeg_become_errors_of_ours() {
        for (words, expected) in [
            (
                "rtsp://u:p@127.0.0.1/x: Server returned 401 Unauthorized (authorization failed)",
                "credentials",
            ),
            ("[rtsp @ 0x5] method DESCRIBE failed: 404 Not Found", "no such stream"),
            ("tcp://127.0.0.1:1: Connection refused", "refuses the connection"),
            ("file:t.mp4: Invalid data found when processing input", "no video"),
            ("[hls @ 0x5] Format not on whitelist 'mov'\nfile:p.mp4: Invalid argument", "no video"),
            (
                "[video4linux2,v4l2 @ 0x4] Cannot open video device /dev/video9: No such file",
                "no such device",
            ),
            (
                "[IMGUTILS @ 0x7f] Picture size 8064x5000 exceeds specified max pixel count 40000000",
                "40 megapixels",
            ),
            ("", "ended before"),
        ] {
            let text = meaning(words).to_string();
            assert!(text.contains(expected), "{words} became {text}");
        }
    }

    #[test]
    fn lines_with_an_address_are_not_logged() {
        let complaint = "[rtsp @ 0x5] method failed\nrtsp://u:hunter2@h/x: Server returned 401\n";
        assert_eq!(without_addresses(complaint), "[rtsp @ 0x5] method failed");
    }
}
