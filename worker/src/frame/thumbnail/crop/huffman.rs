//! Huffman tables (T.81, annex C), for reading and for writing.

use super::CropError;

/// Codes of up to so many bits are looked up; longer ones, which are rare, are compared.
const LOOKED_UP: u32 = 10;
/// Longest code.
const LONGEST: usize = 16;
/// Coefficients of a block.
pub(super) const BLOCK: u8 = 64;

/// A code read, or to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Code {
    bits: u16,
    length: u8,
}

/// What a bit pattern begins with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found {
    /// What the code stands for.
    pub symbol: u8,
    /// The code's length in bits.
    pub length: u8,
    /// In a table of AC codes: bits of the code and of the value behind it.
    pub skip: u8,
    /// In a table of AC codes: coefficients that are told by it; all that are left for the end of a block.
    pub told: u8,
}

impl Found {
    /// T.81, F.1.2.2.1: a run of zeros and the size of the value that follows them.
    fn new(symbol: u8, length: u8) -> Self {
        let (run, size) = (symbol >> 4, symbol & 0x0F);
        let told = match (run, size) {
            (15, 0) => 16,
            (_, 0) => BLOCK,
            _ => run + 1,
        };
        Self { symbol, length, skip: length + size, told }
    }
}

/// A table of codes.
#[derive(Debug)]
pub(super) struct Table {
    /// A length of 0 where no code is that short.
    looked_up: Box<[Found; 1 << LOOKED_UP]>,
    /// For each length: the first pattern of 16 bits that is beyond all codes of that length.
    beyond: [u32; LONGEST + 1],
    /// For each length: what leads from a code to its place among the symbols.
    first: [i32; LONGEST + 1],
    symbols: Vec<u8>,
    codes: Box<[Code; 256]>,
}

impl Table {
    /// Reads a table as it stands in its segment, and answers with what follows it.
    pub fn read(bytes: &[u8]) -> Result<(Self, &[u8]), CropError> {
        let (counts, rest) = bytes.split_first_chunk::<LONGEST>().ok_or(CropError::Damaged)?;
        let total = counts.iter().map(|count| usize::from(*count)).sum();
        let (symbols, rest) = rest.split_at_checked(total).ok_or(CropError::Damaged)?;
        Ok((Self::new(*counts, symbols)?, rest))
    }

    fn new(counts: [u8; LONGEST], symbols: &[u8]) -> Result<Self, CropError> {
        let mut table = Self {
            looked_up: Box::new([Found::default(); 1 << LOOKED_UP]),
            beyond: [0; LONGEST + 1],
            first: [0; LONGEST + 1],
            symbols: symbols.to_vec(),
            codes: Box::new([Code::default(); 256]),
        };
        let (mut code, mut place) = (0_u32, 0_u16);
        for (length, count) in (1_u8..).zip(counts) {
            let at = usize::from(length);
            table.first[at] = i32::from(place) - i32::try_from(code).map_err(|_| CropError::Damaged)?;
            for _ in 0..count {
                table.enter(code, length, symbols[usize::from(place)])?;
                (code, place) = (code + 1, place + 1);
            }
            table.beyond[at] = code << (LONGEST - at);
            code <<= 1;
        }
        Ok(table)
    }

    fn enter(&mut self, code: u32, length: u8, symbol: u8) -> Result<(), CropError> {
        let bits = u16::try_from(code).map_err(|_| CropError::Damaged)?;
        if code >> length != 0 {
            return Err(CropError::Damaged);
        }
        self.codes[usize::from(symbol)] = Code { bits, length };
        if let Some(free) = LOOKED_UP.checked_sub(length.into()) {
            let from = usize::from(bits) << free;
            self.looked_up[from..from + (1 << free)].fill(Found::new(symbol, length));
        }
        Ok(())
    }

    /// What begins in the highest bits.
    #[inline]
    pub fn find(&self, window: u64) -> Result<Found, CropError> {
        let found = self.looked_up[(window >> (64 - LOOKED_UP)) as usize];
        if found.length > 0 { Ok(found) } else { self.find_long(window) }
    }

    #[cold]
    fn find_long(&self, window: u64) -> Result<Found, CropError> {
        let pattern = (window >> (64 - LONGEST)) as u32;
        let mut lengths = (1_u8..).zip(&self.beyond[1..]);
        let (length, _) = lengths.find(|(_, beyond)| pattern < **beyond).ok_or(CropError::Damaged)?;
        let at = usize::from(length);
        let place = i64::from(pattern >> (LONGEST - at)) + i64::from(self.first[at]);
        let symbol = usize::try_from(place).ok().and_then(|place| self.symbols.get(place));
        Ok(Found::new(*symbol.ok_or(CropError::Damaged)?, length))
    }

    /// The code of a symbol, and its length in bits; `None` where the table has none.
    pub fn code(&self, symbol: u8) -> Option<(u32, u32)> {
        let Code { bits, length } = self.codes[usize::from(symbol)];
        (length > 0).then_some((bits.into(), length.into()))
    }
}
