//! Finds whole JPEGs in a stream of bytes by walking their markers: the same code reads an HTTP snapshot, the parts of
//! an MJPEG stream (whatever boundary the camera claims) and FFmpeg's output. Thumbnails inside a picture's metadata
//! lie in segments with a length and are stepped over. Pixels are never decoded.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr_iter;

/// Part headers between two pictures are short; more bytes than this without a picture are something else.
const MAX_NOISE: usize = 64 * 1024;

/// Most pixels of a picture: whoever decodes it takes 3 or 4 bytes for each. Sixteen-bit sides could claim a hundred times more
/// in a few bytes.
pub const MAX_PIXELS: u32 = 40_000_000;

/// Whether a picture of these sides is taken.
pub fn fits(width: u16, height: u16) -> bool {
    u32::from(width) * u32::from(height) <= MAX_PIXELS
}

/// A JPEG from its start marker to its end marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The bytes.
    pub jpeg: Bytes,
    /// Pixels, at least 1.
    pub width: u16,
    /// Pixels, at least 1.
    pub height: u16,
}

/// What is wrong with the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JpegError {
    /// The bytes hold no JPEG.
    #[error("these bytes hold no JPEG")]
    NotJpeg,
    /// The stream ended in the middle of a picture.
    #[error("the picture is cut off")]
    CutOff,
    /// A picture is larger than the limit.
    #[error("the picture is larger than {0} bytes")]
    TooLarge(usize),
    /// A picture claims more pixels than [`MAX_PIXELS`].
    #[error("the picture has more than {MAX_PIXELS} pixels")]
    TooManyPixels,
}

/// Reads pictures out of chunks. Holds at most one picture of the allowed size and one chunk.
#[derive(Debug)]
pub struct Splitter {
    buffer: BytesMut,
    /// How far the walk has come in `buffer`.
    at: usize,
    step: Step,
    size: Option<(u16, u16)>,
    noise: usize,
    limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Looking for a start marker.
    Seek,
    /// A marker must stand here.
    Marker,
    /// Inside compressed data, which ends at the next real marker.
    Scan,
}

/// What one step of the walk came to.
enum Walked {
    On,
    NeedMore,
    Ended,
}

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;

impl Splitter {
    /// `limit` is the largest picture taken, in bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { buffer: BytesMut::new(), at: 0, step: Step::Seek, size: None, noise: 0, limit }
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    /// The next whole picture, or `None` when more bytes are needed.
    ///
    /// # Errors
    /// All but [`JpegError::CutOff`]; the stream is of no further use then.
    pub fn next_picture(&mut self) -> Result<Option<Picture>, JpegError> {
        loop {
            let walked = match self.step {
                Step::Seek => self.seek(),
                Step::Marker => self.marker(),
                Step::Scan => self.scan(),
            };
            if self.noise > MAX_NOISE {
                return Err(JpegError::NotJpeg);
            }
            match walked {
                Walked::On => {}
                Walked::NeedMore if self.step != Step::Seek && self.buffer.len() > self.limit => break,
                Walked::NeedMore => return Ok(None),
                Walked::Ended if self.at + 2 > self.limit => break,
                Walked::Ended if !self.size.is_some_and(|(width, height)| fits(width, height)) => {
                    return Err(JpegError::TooManyPixels);
                }
                Walked::Ended => return Ok(Some(self.take())),
            }
        }
        Err(JpegError::TooLarge(self.limit))
    }

    /// What the end of the stream means, when no picture came before it.
    #[must_use]
    pub fn at_end(&self) -> JpegError {
        if self.step == Step::Seek { JpegError::NotJpeg } else { JpegError::CutOff }
    }

    fn seek(&mut self) -> Walked {
        let start = self.buffer.windows(3).position(|three| three == [0xFF, SOI, 0xFF]);
        // Without a start marker all but two bytes, which may begin one, are noise.
        let skipped = start.unwrap_or(self.buffer.len().saturating_sub(2));
        self.buffer.advance(skipped);
        self.noise += skipped;
        match start {
            None => Walked::NeedMore,
            Some(_) => {
                (self.step, self.at, self.size) = (Step::Marker, 2, None);
                Walked::On
            }
        }
    }

    fn marker(&mut self) -> Walked {
        let Some(&[first, code]) = self.buffer.get(self.at..self.at + 2) else { return Walked::NeedMore };
        match (first, code) {
            (0xFF, 0xFF) => self.advance(1),
            (0xFF, EOI) => self.end(),
            (0xFF, 0x01 | 0xD0..=0xD7) => self.advance(2),
            (0xFF, 0x00 | SOI) => self.give_up(),
            (0xFF, _) => self.segment(code),
            _ => self.give_up(),
        }
    }

    fn segment(&mut self, code: u8) -> Walked {
        let Some(&[high, low]) = self.buffer.get(self.at + 2..self.at + 4) else { return Walked::NeedMore };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length < 2 {
            return self.give_up();
        }
        if is_frame_header(code) {
            let Some(&[_, h1, h2, w1, w2]) = self.buffer.get(self.at + 4..self.at + 9) else {
                return Walked::NeedMore;
            };
            let claimed = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
            // Of several headers a decoder may believe any; the largest is what it may cost.
            let area = |(width, height): (u16, u16)| u32::from(width) * u32::from(height);
            self.size = Some(self.size.filter(|known| area(*known) >= area(claimed)).unwrap_or(claimed));
        }
        if code == SOS {
            self.step = Step::Scan;
        }
        self.advance(2 + length)
    }

    fn scan(&mut self) -> Walked {
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        // In compressed data FF is followed by 00 when it is data, and by D0 to D7 where decoding can restart.
        let is_marker = |at: &usize| !matches!(rest.get(at + 1), None | Some(0x00 | 0xFF | 0xD0..=0xD7));
        let marker = memchr_iter(0xFF, rest).find(is_marker);
        match marker {
            Some(position) => {
                self.step = Step::Marker;
                self.advance(position)
            }
            None => {
                // The last byte may be the first of a marker: it is looked at again.
                self.at += rest.len().saturating_sub(1);
                Walked::NeedMore
            }
        }
    }

    fn advance(&mut self, by: usize) -> Walked {
        self.at += by;
        Walked::On
    }

    fn end(&mut self) -> Walked {
        match self.size {
            Some((width, height)) if width > 0 && height > 0 => Walked::Ended,
            _ => self.give_up(),
        }
    }

    /// What looked like a picture is none: seeks on behind its start marker.
    fn give_up(&mut self) -> Walked {
        self.buffer.advance(2);
        self.noise += 2;
        self.step = Step::Seek;
        Walked::On
    }

    fn take(&mut self) -> Picture {
        let (width, height) = self.size.unwrap_or_default();
        let jpeg = self.buffer.split_to(self.at + 2).freeze();
        (self.step, self.noise) = (Step::Seek, 0);
        Picture { jpeg, width, height }
    }
}

/// SOF0 to SOF15 without DHT, JPG and DAC, which share their range (ITU-T T.81, table B.1).
fn is_frame_header(code: u8) -> bool {
    matches!(code, 0xC0..=0xCF) && !matches!(code, 0xC4 | 0xC8 | 0xCC)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    /// A JPEG in structure: a segment holding a thumbnail with its own end marker, a frame header, data with a
    /// stuffed FF and a restart marker.
    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = vec![0xFF, SOI, 0xFF, 0xE1, 0, 8, 0xFF, SOI, 0xFF, EOI, 1, 2, 0xFF, 0xC0, 0, 11, 8];
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&[
            1, 1, 0x11, 0, 0xFF, SOS, 0, 4, 1, 2, 9, 0xFF, 0, 9, 0xFF, 0xD3, 9, 0xFF, EOI,
        ]);
        bytes
    }

    fn read_all(stream: &[u8], chunk: usize) -> Result<Vec<Picture>, JpegError> {
        let mut splitter = Splitter::new(1000);
        let mut found = Vec::new();
        for part in stream.chunks(chunk) {
            splitter.push(part);
            while let Some(picture) = splitter.next_picture()? {
                found.push(picture);
            }
        }
        Ok(found)
    }

    #[test]
    fn pictures_are_found_between_part_headers_however_the_bytes_are_cut() {
        let mut stream = Vec::new();
        for width in 1..4 {
            stream.extend_from_slice(b"--frame\r\nContent-Type: image/jpeg\r\n\r\n");
            stream.extend_from_slice(&jpeg(width, 7));
        }
        for chunk in 1..stream.len() {
            let found = read_all(&stream, chunk).unwrap();
            let sizes: Vec<_> = found.iter().map(|p| (p.width, p.height, p.jpeg.len())).collect();
            let whole = jpeg(1, 7).len();
            assert_eq!(sizes, [(1, 7, whole), (2, 7, whole), (3, 7, whole)], "chunks of {chunk}");
        }
    }

    #[test]
    fn a_cut_off_picture_is_told_from_something_else() {
        let mut splitter = Splitter::new(1000);
        splitter.push(&jpeg(2, 2)[..30]);
        assert_eq!(splitter.next_picture(), Ok(None));
        assert_eq!(splitter.at_end(), JpegError::CutOff);
        let mut splitter = Splitter::new(1000);
        splitter.push(b"<html>no camera</html>");
        assert_eq!(splitter.next_picture(), Ok(None));
        assert_eq!(splitter.at_end(), JpegError::NotJpeg);
    }

    #[test]
    fn too_much_of_anything_is_refused() {
        assert_eq!(read_all(&vec![0; MAX_NOISE + 10], 999), Err(JpegError::NotJpeg));
        let mut endless = jpeg(2, 2);
        endless.truncate(endless.len() - 2);
        endless.extend(vec![7; 2000]);
        assert_eq!(read_all(&endless, 100), Err(JpegError::TooLarge(1000)));
    }

    #[test]
    fn a_picture_that_claims_more_than_forty_megapixels_is_refused() {
        assert!(read_all(&jpeg(8_000, 5_000), 64).is_ok());
        for (width, height) in [(8_001, 5_000), (u16::MAX, u16::MAX)] {
            assert_eq!(read_all(&jpeg(width, height), 64), Err(JpegError::TooManyPixels));
        }
        let mut two_headers = jpeg(2, 2);
        let header = two_headers.iter().position(|byte| *byte == 0xC0).unwrap() - 1;
        let mut huge = two_headers[header..header + 13].to_vec();
        huge[5..9].fill(0xFF);
        two_headers.splice(header..header, huge);
        assert_eq!(read_all(&two_headers, 64), Err(JpegError::TooManyPixels));
    }

    #[test]
    fn a_picture_without_pixels_is_none() {
        assert_eq!(read_all(&jpeg(0, 5), 64), Ok(Vec::new()));
        assert_eq!(read_all(&[0xFF, SOI, 0xFF, EOI], 64), Ok(Vec::new()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_bytes_make_it_panic_or_grow(bytes in proptest::collection::vec(prop_oneof![Just(0xFF_u8), Just(SOI), Just(EOI), Just(SOS), any::<u8>()], 0..1200), chunk in 1_usize..200) {
            let mut splitter = Splitter::new(500);
            for part in bytes.chunks(chunk) {
                splitter.push(part);
                while let Ok(Some(picture)) = splitter.next_picture() {
                    prop_assert!(picture.jpeg.len() <= 500 && picture.jpeg.starts_with(&[0xFF, SOI]) && picture.jpeg.ends_with(&[0xFF, EOI]));
                }
                if splitter.next_picture().is_err() {
                    break;
                }
                prop_assert!(splitter.buffer.len() <= 500 + 200);
            }
        }
    }
}
