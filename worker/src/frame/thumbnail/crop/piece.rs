//! One rectangle on its way to become a JPEG of its own.

use std::ops::Range;

use bytes::Bytes;

use super::{
    Area, CropError,
    bits::{Bits, Writer},
    header::Header,
    scan::Block,
};

/// Where height and width stand in the frame's segment, marker and length included.
const SIZE: Range<usize> = 5..9;
/// Components of a picture, at most.
const COMPONENTS: usize = 4;

/// Bits of the largest difference.
const LARGEST: u8 = 11;

/// The units under a rectangle.
#[derive(Debug)]
pub(super) struct Piece {
    /// Columns of units.
    pub columns: Range<u32>,
    /// Rows of units.
    pub rows: Range<u32>,
    width: u32,
    height: u32,
    data: Writer,
    /// The DC values of the blocks that were added last.
    last: [i32; COMPONENTS],
}

impl Piece {
    /// Nothing yet.
    pub fn new(header: &Header<'_>, area: Area) -> Result<Self, CropError> {
        let unit = header.unit();
        let (columns, width) = stretch(area.left, area.width, unit.0, header.width)?;
        let (rows, height) = stretch(area.top, area.height, unit.1, header.height)?;
        Ok(Self { columns, rows, width, height, data: Writer::default(), last: [0; COMPONENTS] })
    }

    /// Appends a block; its difference counts from another neighbour here.
    pub fn add(&mut self, block: &Block<'_>, bits: &Bits) -> Result<(), CropError> {
        let last = self.last.get_mut(block.component).ok_or(CropError::Unsupported)?;
        let difference = block.value.wrapping_sub(std::mem::replace(last, block.value));
        let size = i32::BITS - difference.unsigned_abs().leading_zeros();
        let symbol = u8::try_from(size).ok().filter(|size| *size <= LARGEST).ok_or(CropError::Damaged)?;
        // A table made for its picture alone may lack the size that is needed here.
        let (code, length) = block.dc.code(symbol).ok_or(CropError::Unsupported)?;
        self.data.push(code.into(), length);
        let value = if difference < 0 { difference - 1 } else { difference };
        let value = value.cast_unsigned() & ((1 << size) - 1);
        self.data.push(value.into(), size);
        self.data.copy(bits, block.ac.0, block.ac.1)
    }

    /// The piece as a picture.
    pub fn finish(self, header: &Header<'_>) -> Bytes {
        let mut jpeg = vec![0xFF, 0xD8];
        for segment in &header.kept {
            let start = jpeg.len();
            jpeg.extend_from_slice(segment);
            if let [_, 0xC0 | 0xC1, ..] = segment {
                let size = self.height << 16 | self.width;
                jpeg[start + SIZE.start..start + SIZE.end].copy_from_slice(&size.to_be_bytes());
            }
        }
        jpeg.extend(self.data.finish());
        jpeg.extend([0xFF, 0xD9]);
        jpeg.into()
    }
}

/// The units that a side touches, and their length in pixels, of which the picture's last unit may lack some.
fn stretch(start: u32, length: u32, unit: u32, limit: u32) -> Result<(Range<u32>, u32), CropError> {
    let end = start.saturating_add(length).min(limit);
    if start >= end {
        return Err(CropError::Damaged);
    }
    let units = start / unit..end.div_ceil(unit);
    let pixels = (units.end * unit).min(limit) - units.start * unit;
    Ok((units, pixels))
}
