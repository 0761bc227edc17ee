//! The segments before a JPEG's compressed data (T.81, annex B): what is needed to read the data, and what of it a piece takes
//! along. Metadata is left behind: it may hold a thumbnail, a place or an orientation, none of which fits a piece.

use super::{CropError, huffman::Table};

const SOI: u8 = 0xD8;
const SOF0: u8 = 0xC0;
const SOF1: u8 = 0xC1;
const DHT: u8 = 0xC4;
const SOS: u8 = 0xDA;
const DQT: u8 = 0xDB;
const DRI: u8 = 0xDD;
const APP0: u8 = 0xE0;
/// Adobe's segment, which says how colours are coded.
const APP14: u8 = 0xEE;

/// One colour of the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    id: u8,
    horizontal: u32,
    vertical: u32,
    /// Index of its table of DC codes.
    pub dc: usize,
    /// Index of its table of AC codes.
    pub ac: usize,
}

impl Component {
    /// Blocks of it in one unit.
    pub fn blocks(&self) -> u32 {
        self.horizontal * self.vertical
    }
}

/// A picture's headers, and its compressed data.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// In the order of the data.
    pub components: Vec<Component>,
    /// DC tables.
    pub dc: [Option<Table>; 4],
    /// AC tables.
    pub ac: [Option<Table>; 4],
    /// Units after which the data begins anew; 0 for never.
    pub restart_interval: usize,
    /// Segments that a piece takes along, markers included; the frame's is one of them.
    pub kept: Vec<&'a [u8]>,
    /// The compressed data, and what follows it.
    pub data: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads up to the compressed data.
    pub fn read(jpeg: &'a [u8]) -> Result<Self, CropError> {
        let mut header = Self::default();
        let Some(([0xFF, SOI], mut rest)) = jpeg.split_first_chunk() else { return Err(CropError::Damaged) };
        loop {
            let (segment, after) = segment(rest)?;
            let (code, body) = (segment[1], &segment[4..]);
            match code {
                SOF0 | SOF1 => header.frame(body)?,
                DHT => header.tables(body)?,
                DRI => header.restart_interval = usize::from(word(body, 0)?),
                SOS => header.scan(body)?,
                0xC2..=0xCF => return Err(CropError::Unsupported),
                _ => {}
            }
            if matches!(code, SOF0 | SOF1 | DHT | DQT | SOS | APP0 | APP14) {
                header.kept.push(segment);
            }
            rest = after;
            if code == SOS {
                header.data = rest;
                return Ok(header);
            }
        }
    }

    /// Width and height of a unit (MCU), in pixels. Where there is one component alone, a unit is one block of it.
    pub fn unit(&self) -> (u32, u32) {
        let most = |side: fn(&Component) -> u32| self.components.iter().map(side).max().unwrap_or(1);
        (8 * most(|component| component.horizontal), 8 * most(|component| component.vertical))
    }

    fn frame(&mut self, body: &[u8]) -> Result<(), CropError> {
        (self.height, self.width) = (word(body, 1)?.into(), word(body, 3)?.into());
        let [8, ..] = body else { return Err(CropError::Unsupported) };
        if self.height == 0 || self.width == 0 || !self.components.is_empty() {
            return Err(CropError::Unsupported);
        }
        let parts = body.get(6..).ok_or(CropError::Damaged)?.chunks_exact(3);
        self.components = parts.map(|part| component(part[0], part[1])).collect::<Result<_, _>>()?;
        if let [only] = self.components.as_mut_slice() {
            (only.horizontal, only.vertical) = (1, 1);
        }
        Ok(())
    }

    fn tables(&mut self, mut body: &[u8]) -> Result<(), CropError> {
        while let Some((&which, rest)) = body.split_first() {
            let (table, after) = Table::read(rest)?;
            let tables = if which >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(which & 0x0F)).ok_or(CropError::Damaged)? = Some(table);
            body = after;
        }
        Ok(())
    }

    /// One scan must hold all components, in the frame's order.
    fn scan(&mut self, body: &[u8]) -> Result<(), CropError> {
        let (&count, parts) = body.split_first().ok_or(CropError::Damaged)?;
        if usize::from(count) != self.components.len() || count == 0 {
            return Err(CropError::Unsupported);
        }
        let (parts, _) = parts.split_at_checked(2 * usize::from(count)).ok_or(CropError::Damaged)?;
        for (component, part) in self.components.iter_mut().zip(parts.chunks_exact(2)) {
            if component.id != part[0] {
                return Err(CropError::Unsupported);
            }
            (component.dc, component.ac) = (usize::from(part[1] >> 4), usize::from(part[1] & 0x0F));
        }
        Ok(())
    }
}

fn component(id: u8, sampling: u8) -> Result<Component, CropError> {
    let (horizontal, vertical) = (u32::from(sampling >> 4), u32::from(sampling & 0x0F));
    let is_valid = (1..=4).contains(&horizontal) && (1..=4).contains(&vertical);
    let component = Component { id, horizontal, vertical, dc: 0, ac: 0 };
    if is_valid { Ok(component) } else { Err(CropError::Damaged) }
}

/// The segment at the start, with its marker and length, and what follows.
fn segment(bytes: &[u8]) -> Result<(&[u8], &[u8]), CropError> {
    // A marker may be preceded by any number of FF.
    let fill = bytes.windows(2).take_while(|two| *two == [0xFF, 0xFF]).count();
    let bytes = &bytes[fill..];
    if bytes.first() != Some(&0xFF) {
        return Err(CropError::Damaged);
    }
    let length = usize::from(word(bytes, 2)?);
    let split = if length < 2 { None } else { bytes.split_at_checked(2 + length) };
    split.ok_or(CropError::Damaged)
}

fn word(bytes: &[u8], at: usize) -> Result<u16, CropError> {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(CropError::Damaged)?;
    Ok(u16::from_be_bytes(*bytes))
}
