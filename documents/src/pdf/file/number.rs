//! Numbers as PDF writes them: as short as can be, without an exponent.

/// Appends `value`, to the third digit behind the point: a thousandth of a point is 0.35 micrometres.
#[expect(clippy::cast_possible_truncation, reason = "a place on paper")]
pub(super) fn push(bytes: &mut Vec<u8>, value: f32) {
    let thousandths = (f64::from(value) * 1000.0).round() as i64;
    if thousandths < 0 {
        bytes.push(b'-');
    }
    let thousandths = thousandths.unsigned_abs();
    push_whole(bytes, thousandths / 1000);
    let mut rest = thousandths % 1000;
    if rest > 0 {
        bytes.push(b'.');
    }
    while rest > 0 {
        bytes.push(digit(rest / 100));
        rest = rest % 100 * 10;
    }
}

/// Appends a number without digits behind the point.
pub(super) fn push_whole(bytes: &mut Vec<u8>, value: u64) {
    if value > 9 {
        push_whole(bytes, value / 10);
    }
    bytes.push(digit(value % 10));
}

#[expect(clippy::cast_possible_truncation, reason = "below ten")]
fn digit(value: u64) -> u8 {
    b'0' + value as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: f32) -> String {
        let mut bytes = Vec::new();
        push(&mut bytes, value);
        bytes.into_iter().map(char::from).collect()
    }

    #[test]
    fn numbers_are_rounded_to_the_third_digit_and_have_no_zeros_at_their_end() {
        assert_eq!(
            [0.0, -0.0004, 7.0, 841.89, -0.05, 1.0006, 0.125].map(written),
            ["0", "0", "7", "841.89", "-0.05", "1.001", "0.125"]
        );
    }
}
