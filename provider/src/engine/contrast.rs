//! Stretches the contrast of flat pictures: dark rooms and infrared cameras use a small part of the range of brightness,
//! and the detector misses faces in them.

/// Part of the darkest, and of the brightest, pixels that may saturate: one in this many.
const SATURATED: usize = 100;
/// Ranges of brightness that are worth stretching: below is only noise, above is contrast enough.
const FLAT: std::ops::Range<u8> = 9..180;

/// Maps the range of brightness that nearly all pixels lie in to the full range, if it is a small one.
pub(super) fn stretch(pixels: &mut [u8]) {
    let mut histogram = [0usize; 256];
    pixels.iter().for_each(|pixel| histogram[usize::from(*pixel)] += 1);
    let outside = pixels.len() / SATURATED;
    let levels = || 0..=u8::MAX;
    let darkest = level_beyond(&histogram, outside, levels());
    let brightest = level_beyond(&histogram, outside, levels().rev());
    let range = brightest.saturating_sub(darkest);
    if FLAT.contains(&range) {
        let stretched = |level: u8| {
            let above = u16::from(level.saturating_sub(darkest).min(range));
            u8::try_from(above * 255 / u16::from(range)).unwrap_or(u8::MAX)
        };
        let table: Vec<u8> = levels().map(stretched).collect();
        pixels.iter_mut().for_each(|pixel| *pixel = table[usize::from(*pixel)]);
    }
}

/// The first of `levels` with which more than `count` pixels have been passed.
fn level_beyond(histogram: &[usize; 256], count: usize, levels: impl Iterator<Item = u8>) -> u8 {
    let mut passed = 0;
    let mut last = 0;
    for level in levels {
        last = level;
        passed += histogram[usize::from(level)];
        if passed > count {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_picture_gets_the_full_range() {
        let mut pixels: Vec<u8> = (50..100).cycle().take(1_000).collect();
        stretch(&mut pixels);
        assert_eq!((pixels.iter().min(), pixels.iter().max()), (Some(&0), Some(&255)));
    }

    #[test]
    fn an_even_picture_and_one_with_good_contrast_stay_as_they_are() {
        for original in [vec![70; 500], (0..=255).collect()] {
            let mut pixels = original.clone();
            stretch(&mut pixels);
            assert_eq!(pixels, original);
        }
    }
}
