//! Rows as `COPY … TO STDOUT WITH (FORMAT binary)` sends them: values as the database keeps them, which it need not spell out nor
//! we read again. The form is that of PostgreSQL's manual, "COPY", "Binary Format".

use chrono::{NaiveDate, NaiveTime, TimeDelta};

/// What stands before the first row, ahead of its flags and its (empty) extension.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// Bytes of flags and of the extension's length.
const AFTER_SIGNATURE: usize = 8;
/// The number of fields of what is no row, but the end.
const END: i16 = -1;
/// Length of a value that is null.
const NULL: i32 = -1;

/// What came is not what was asked for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the database copied out a row that cannot be read")]
pub struct CopyError;

/// The fields of one row, from left to right.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The row in a message of the copy; the server sends each as one. Nothing for the end.
    pub(crate) fn of_message(message: &'a [u8], expected: usize) -> Result<Option<Self>, CopyError> {
        let mut fields = Self { rest: message };
        // The head of the whole copy comes together with its first row.
        if let Some(head) = message.strip_prefix(SIGNATURE) {
            fields.rest = head.get(AFTER_SIGNATURE..).ok_or(CopyError)?;
        }
        match i16::from_be_bytes(fields.take()?) {
            END => Ok(None),
            found if usize::try_from(found) == Ok(expected) => Ok(Some(fields)),
            _ => Err(CopyError),
        }
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, CopyError> {
        self.optional_text()?.ok_or(CopyError)
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<&'a str>, CopyError> {
        let value = self.value()?;
        value.map(|bytes| str::from_utf8(bytes).map_err(|_| CopyError)).transpose()
    }

    /// A `date`: days since the year 2000.
    pub(crate) fn date(&mut self) -> Result<NaiveDate, CopyError> {
        let days = i32::from_be_bytes(self.fixed()?.ok_or(CopyError)?);
        let epoch = NaiveDate::from_ymd_opt(2000, 1, 1).ok_or(CopyError)?;
        epoch.checked_add_signed(TimeDelta::days(days.into())).ok_or(CopyError)
    }

    /// A `time`: microseconds since midnight.
    pub(crate) fn optional_time(&mut self) -> Result<Option<NaiveTime>, CopyError> {
        let Some(microseconds) = self.optional_integer()? else { return Ok(None) };
        Ok(Some(NaiveTime::MIN.overflowing_add_signed(TimeDelta::microseconds(microseconds)).0))
    }

    /// A `timestamptz`: microseconds since the year 2000, or infinity as the least or largest number. As it is, since only
    /// the distance of two of them is asked for.
    pub(crate) fn optional_instant(&mut self) -> Result<Option<i64>, CopyError> {
        self.optional_integer()
    }

    /// A `double precision`.
    pub(crate) fn optional_float(&mut self) -> Result<Option<f64>, CopyError> {
        Ok(self.fixed()?.map(f64::from_be_bytes))
    }

    fn optional_integer(&mut self) -> Result<Option<i64>, CopyError> {
        Ok(self.fixed()?.map(i64::from_be_bytes))
    }

    /// A value whose type has one length.
    fn fixed<const N: usize>(&mut self) -> Result<Option<[u8; N]>, CopyError> {
        let value = self.value()?;
        value.map(|bytes| bytes.try_into().map_err(|_| CopyError)).transpose()
    }

    fn value(&mut self) -> Result<Option<&'a [u8]>, CopyError> {
        let length = i32::from_be_bytes(self.take()?);
        if length == NULL {
            return Ok(None);
        }
        let length = usize::try_from(length).map_err(|_| CopyError)?;
        let (value, rest) = self.rest.split_at_checked(length).ok_or(CopyError)?;
        self.rest = rest;
        Ok(Some(value))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], CopyError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(CopyError)?;
        self.rest = rest;
        Ok(*taken)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// Two fields: a text, and null.
    const ROW: &[u8] = b"\0\x02\0\0\0\x02hi\xff\xff\xff\xff";

    #[test]
    fn a_row_is_read_with_and_without_the_head_of_the_copy() {
        let first = [SIGNATURE, &[0; AFTER_SIGNATURE], ROW].concat();
        for message in [ROW, &first] {
            let mut fields = Fields::of_message(message, 2).unwrap().unwrap();
            assert_eq!(fields.text(), Ok("hi"));
            assert_eq!(fields.optional_float(), Ok(None));
        }
    }

    #[test]
    fn the_end_is_no_row() {
        assert!(Fields::of_message(&[0xff, 0xff], 2).unwrap().is_none());
    }

    #[test]
    fn what_is_cut_off_or_of_another_shape_is_an_error_and_no_panic() {
        for length in 0..ROW.len() {
            let read = Fields::of_message(&ROW[..length], 2)
                .and_then(|fields| fields.ok_or(CopyError))
                .and_then(|mut fields| Ok((fields.text()?.to_owned(), fields.optional_text()?.is_some())));
            assert_eq!(read, Err(CopyError), "{length} bytes");
        }
        assert!(Fields::of_message(ROW, 3).is_err());
        assert!(Fields::of_message(ROW, 2).unwrap().unwrap().date().is_err());
    }
}
