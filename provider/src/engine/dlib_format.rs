//! Reader of dlib's serialisation: integers of variable length, floats as mantissa and exponent, strings, matrices and
//! tensors. The layout follows dlib's `serialize.h` and `tensor_tools`; every count is bounded before memory is taken,
//! so that a damaged file ends in an error.

use thiserror::Error;

/// Why a model file cannot be used. Offsets count bytes from the start of the file.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ModelError {
    /// The file ends in the middle of a value.
    #[error("the file ends at byte {offset}, in the middle of a value")]
    Truncated {
        /// Where the value begins.
        offset: usize,
    },
    /// A value is not what the format, or this network, has there.
    #[error("at byte {offset}: expected {expected}")]
    Unexpected {
        /// Just behind the value.
        offset: usize,
        /// What should be there.
        expected: String,
    },
    /// The model is complete, but the file goes on.
    #[error("{count} bytes follow the end of the model")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
}

type Result<T> = std::result::Result<T, ModelError>;

/// A dense array as dlib's networks store it: samples, channels, rows and columns, but only the total matters here.
pub(super) type Tensor = Vec<f32>;

/// Reads one value after the other from the bytes of a model file.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// An error about the value that was just read.
    pub(super) fn unexpected(&self, expected: impl Into<String>) -> ModelError {
        ModelError::Unexpected { offset: self.offset, expected: expected.into() }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let end = self.offset.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.offset..end));
        let taken = taken.ok_or(ModelError::Truncated { offset: self.offset })?;
        self.offset += count;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        self.take(1).map(|taken| taken[0])
    }

    /// An integer: the low nibble of the first byte counts the little-endian bytes that follow, its top bit is the sign.
    pub(super) fn integer(&mut self) -> Result<i64> {
        let control = self.byte()?;
        let length = usize::from(control & 0x0f);
        if !(1..=8).contains(&length) || control & 0x70 != 0 {
            return Err(self.unexpected("an integer"));
        }
        let mut little_endian = [0; 8];
        little_endian[..length].copy_from_slice(self.take(length)?);
        let magnitude = i64::from_le_bytes(little_endian);
        Ok(if control & 0x80 == 0 { magnitude } else { magnitude.wrapping_neg() })
    }

    /// An integer whose value is known beforehand.
    pub(super) fn constant(&mut self, value: usize) -> Result<()> {
        match self.count(value)? {
            found if found == value => Ok(()),
            found => Err(self.unexpected(format!("{value}, found {found}"))),
        }
    }

    /// A number of things, at most `limit`.
    pub(super) fn count(&mut self, limit: usize) -> Result<usize> {
        let value = self.integer()?;
        usize::try_from(value)
            .ok()
            .filter(|count| *count <= limit)
            .ok_or_else(|| self.unexpected(format!("a number up to {limit}, found {value}")))
    }

    /// A float: mantissa × 2^exponent.
    pub(super) fn float(&mut self) -> Result<f32> {
        let mantissa = self.integer()?;
        let exponent = i32::try_from(self.integer()?).map_err(|_| self.unexpected("a float's exponent"))?;
        #[expect(clippy::cast_possible_truncation, reason = "dlib wrote these as f32")]
        let value = (mantissa as f64 * 2f64.powi(exponent)) as f32;
        if value.is_finite() { Ok(value) } else { Err(self.unexpected("a finite number")) }
    }

    /// A truth value, written as the character 0 or 1.
    pub(super) fn flag(&mut self) -> Result<bool> {
        match self.byte()? {
            b'0' => Ok(false),
            b'1' => Ok(true),
            _ => Err(self.unexpected("a truth value")),
        }
    }

    /// A string that must be one of `names`.
    pub(super) fn name(&mut self, names: &[&'static str]) -> Result<&'static str> {
        let length = self.count(64)?;
        self.name_of_length(length, names)
    }

    /// A string whose length was read already, and that must be one of `names`.
    pub(super) fn name_of_length(&mut self, length: usize, names: &[&'static str]) -> Result<&'static str> {
        let found = self.take(length)?;
        let known = names.iter().find(|name| name.as_bytes() == found);
        known.copied().ok_or_else(|| self.unexpected(format!("one of {names:?}")))
    }

    /// A tensor with `length` elements in all.
    pub(super) fn tensor(&mut self, length: usize) -> Result<Tensor> {
        self.constant(2)?;
        let mut elements = 1usize;
        for _ in 0..4 {
            elements = elements.saturating_mul(self.count(1 << 20)?);
        }
        if elements != length {
            return Err(self.unexpected(format!("a tensor of {length} elements, found {elements}")));
        }
        let (floats, _) = self.take(length * 4)?.as_chunks();
        Ok(floats.iter().copied().map(f32::from_le_bytes).collect())
    }

    /// A tensor of any size, of no interest here.
    pub(super) fn skip_tensor(&mut self) -> Result<()> {
        self.constant(2)?;
        let mut elements = 1usize;
        for _ in 0..4 {
            elements = elements.saturating_mul(self.count(1 << 20)?);
        }
        self.take(elements.saturating_mul(4)).map(|_| ())
    }

    /// A view into another tensor, of no interest here: version and four dimensions.
    pub(super) fn skip_alias(&mut self) -> Result<()> {
        self.constant(1)?;
        (0..4).try_for_each(|_| self.integer().map(|_| ()))
    }

    /// A matrix of N elements whose size is written (negated) before them.
    pub(super) fn matrix<const N: usize>(&mut self) -> Result<[f32; N]> {
        let elements = self.integer()?.unsigned_abs().saturating_mul(self.integer()?.unsigned_abs());
        if elements != N as u64 {
            return Err(self.unexpected(format!("a matrix of {N} elements, found {elements}")));
        }
        let mut matrix = [0.0; N];
        for element in &mut matrix {
            *element = self.float()?;
        }
        Ok(matrix)
    }

    /// A vector of at most `limit` elements, each read by `element`.
    pub(super) fn vector<T>(
        &mut self,
        limit: usize,
        mut element: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let count = self.count(limit)?;
        (0..count).map(|_| element(self)).collect()
    }

    /// Makes sure that nothing is left.
    pub(super) fn end(&self) -> Result<()> {
        match self.bytes.len() - self.offset {
            0 => Ok(()),
            count => Err(ModelError::TrailingBytes { count }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_carry_their_length_and_sign_in_the_first_byte() {
        let mut reader = Reader::new(&[0x01, 0x07, 0x82, 0x00, 0x01]);
        assert_eq!(reader.integer(), Ok(7));
        assert_eq!(reader.integer(), Ok(-256));
        assert_eq!(reader.end(), Ok(()));
    }

    #[test]
    fn a_float_is_mantissa_times_a_power_of_two() {
        assert_eq!(Reader::new(&[0x01, 0x03, 0x81, 0x01]).float(), Ok(1.5));
    }

    #[test]
    fn a_count_that_would_take_too_much_memory_is_refused() {
        let mut huge = Reader::new(&[0x04, 0xff, 0xff, 0xff, 0x7f]);
        assert!(matches!(huge.count(1000), Err(ModelError::Unexpected { .. })));
    }

    #[test]
    fn a_value_that_ends_too_early_is_truncated() {
        assert_eq!(Reader::new(&[0x04, 0xff]).integer(), Err(ModelError::Truncated { offset: 1 }));
    }
}
