//! Compressed data as a row of bits: the zero that follows each FF is taken out for reading (T.81, B.1.1.5) and put back in
//! for writing.

use memchr::memchr;

use super::CropError;

/// Bits of a [`Bits::window`] that count.
pub(super) const WINDOW: u32 = 57;

/// So that a window can be taken at the very end.
const PADDING: [u8; 8] = [0; 8];

/// The data of a scan.
#[derive(Debug)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// Where each restart interval begins, the first one included, in bits.
    pub intervals: Vec<usize>,
}

impl Bits {
    /// Takes the data up to the first marker that is no restart.
    pub fn new(data: &[u8]) -> Self {
        let (mut bytes, mut intervals) = (Vec::with_capacity(data.len() + PADDING.len()), vec![0]);
        let mut rest = data;
        while let Some(at) = memchr(0xFF, rest) {
            bytes.extend_from_slice(&rest[..at]);
            match rest.get(at + 1) {
                Some(0x00) => bytes.push(0xFF),
                Some(0xD0..=0xD7) => intervals.push(8 * bytes.len()),
                // A marker may be preceded by any number of FF.
                Some(0xFF) => {
                    rest = &rest[at + 1..];
                    continue;
                }
                Some(_) | None => {
                    rest = &[];
                    break;
                }
            }
            rest = &rest[at + 2..];
        }
        bytes.extend_from_slice(rest);
        bytes.extend_from_slice(&PADDING);
        Self { bytes, intervals }
    }

    /// The bits from `at` on, the first one highest; [`WINDOW`] of them count.
    #[inline]
    pub fn window(&self, at: usize) -> Result<u64, CropError> {
        let bytes = self.bytes.get(at / 8..).and_then(<[u8]>::first_chunk).ok_or(CropError::Damaged)?;
        Ok(u64::from_be_bytes(*bytes) << (at % 8))
    }
}

/// Writes bits.
#[derive(Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, the last one lowest.
    pending: u64,
    count: u32,
}

impl Writer {
    /// Appends the `length` lowest bits, 32 at most; those above them must be 0.
    pub fn push(&mut self, bits: u64, length: u32) {
        self.pending = self.pending << length | bits;
        self.count += length;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.pending >> self.count & 0xFF) as u8;
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    /// Appends a stretch of other data.
    pub fn copy(&mut self, bits: &Bits, from: usize, to: usize) -> Result<(), CropError> {
        let mut at = from;
        while at < to {
            let length = u32::try_from(to - at).unwrap_or(u32::MAX).min(32);
            self.push(bits.window(at)? >> (64 - length), length);
            at += length as usize;
        }
        Ok(())
    }

    /// The bytes, the last one filled up with ones.
    pub fn finish(mut self) -> Vec<u8> {
        let missing = (8 - self.count % 8) % 8;
        self.push((1 << missing) - 1, missing);
        self.bytes
    }
}
