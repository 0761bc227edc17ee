//! The walk through the compressed data: every code before and among the pieces has to be read, since nothing else tells where
//! the next one begins; values are only needed of the DC coefficients, which are coded as differences.

use super::{
    CropError,
    bits::{Bits, WINDOW},
    header::{Component, Header},
    huffman::{BLOCK, Table},
    piece::Piece,
};

/// Bits that a code and the value behind it take at most.
const LONGEST: u32 = 32;

/// One component's tables, and its last DC value.
struct Channel<'a> {
    component: Component,
    dc: &'a Table,
    ac: &'a Table,
    value: i32,
}

/// A block as it was read.
pub(super) struct Block<'a> {
    /// Which component it belongs to.
    pub component: usize,
    /// Its DC value.
    pub value: i32,
    /// The codes of such values.
    pub dc: &'a Table,
    /// Where its AC coefficients begin and end, in bits.
    pub ac: (usize, usize),
}

/// Copies every unit into the pieces that it belongs to, and ends below the lowest of them.
pub(super) fn copy(header: &Header<'_>, pieces: &mut [Piece]) -> Result<(), CropError> {
    let bits = Bits::new(header.data);
    let mut walk = Walk { channels: channels(header)?, bits: &bits, at: 0 };
    let columns = header.width.div_ceil(header.unit().0);
    let rows = pieces.iter().map(|piece| piece.rows.end).max().unwrap_or(0);
    let mut units = 0_usize;
    for row in 0..rows {
        let mut here: Vec<_> = pieces.iter_mut().filter(|piece| piece.rows.contains(&row)).collect();
        for column in 0..columns {
            if header.restart_interval > 0 && units > 0 && units.is_multiple_of(header.restart_interval) {
                walk.restart(units / header.restart_interval)?;
            }
            walk.unit(column, &mut here)?;
            units += 1;
        }
    }
    Ok(())
}

fn channels<'a>(header: &'a Header<'_>) -> Result<Vec<Channel<'a>>, CropError> {
    let table = |tables: &'a [Option<Table>; 4], index: usize| {
        tables.get(index).and_then(Option::as_ref).ok_or(CropError::Damaged)
    };
    let channel = |component: &Component| {
        let (dc, ac) = (table(&header.dc, component.dc)?, table(&header.ac, component.ac)?);
        Ok(Channel { component: *component, dc, ac, value: 0 })
    };
    header.components.iter().map(channel).collect()
}

struct Walk<'a> {
    channels: Vec<Channel<'a>>,
    bits: &'a Bits,
    at: usize,
}

impl Walk<'_> {
    /// Goes to the start of an interval, where differences count from 0.
    fn restart(&mut self, interval: usize) -> Result<(), CropError> {
        self.at = *self.bits.intervals.get(interval).ok_or(CropError::Damaged)?;
        self.channels.iter_mut().for_each(|channel| channel.value = 0);
        Ok(())
    }

    fn unit(&mut self, column: u32, pieces: &mut [&mut Piece]) -> Result<(), CropError> {
        for (component, channel) in self.channels.iter_mut().enumerate() {
            for _ in 0..channel.component.blocks() {
                let (from, difference) = dc(self.bits, self.at, channel.dc)?;
                let to = end_of_block(self.bits, from, channel.ac)?;
                channel.value = channel.value.wrapping_add(difference);
                self.at = to;
                let block = Block { component, value: channel.value, dc: channel.dc, ac: (from, to) };
                for piece in pieces.iter_mut().filter(|piece| piece.columns.contains(&column)) {
                    piece.add(&block, self.bits)?;
                }
            }
        }
        Ok(())
    }
}

/// Where the difference at `at` ends, and its value (T.81, F.2.2.1).
fn dc(bits: &Bits, at: usize, table: &Table) -> Result<(usize, i32), CropError> {
    let window = bits.window(at)?;
    let found = table.find(window)?;
    let (size, length) = (u32::from(found.symbol), u32::from(found.length));
    if size > 11 {
        return Err(CropError::Damaged);
    }
    let end = at + (length + size) as usize;
    if size == 0 {
        return Ok((end, 0));
    }
    let value = i32::try_from(window << length >> (64 - size)).map_err(|_| CropError::Damaged)?;
    // A leading zero stands for a negative value.
    let is_negative = value >> (size - 1) == 0;
    Ok((end, if is_negative { value - (1 << size) + 1 } else { value }))
}

/// Where the AC coefficients that begin at `at` end (T.81, F.2.2.2). This is where nearly all of the time goes.
#[inline]
fn end_of_block(bits: &Bits, mut at: usize, table: &Table) -> Result<usize, CropError> {
    let mut told = 1;
    while told < BLOCK {
        // One window holds several codes.
        let (mut window, mut left) = (bits.window(at)?, WINDOW);
        while told < BLOCK && left >= LONGEST {
            let found = table.find(window)?;
            window <<= found.skip;
            left -= u32::from(found.skip);
            at += usize::from(found.skip);
            told += found.told;
        }
    }
    Ok(at)
}
