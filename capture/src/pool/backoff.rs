//! How long to wait before a broken stream is opened again.

use std::time::Duration;

use crate::settings::StreamSettings;

/// The wait after `failures` in a row, the first of which is 1: doubled each time, up to the setting's longest.
pub(super) fn wait(settings: &StreamSettings, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    settings.backoff.saturating_mul(1 << doublings).min(settings.max_backoff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_wait_grows_and_stays_within_its_bounds(failures in 1_u32..) {
            let settings = StreamSettings::default();
            let (now, next) = (wait(&settings, failures), wait(&settings, failures.saturating_add(1)));
            prop_assert!(settings.backoff <= now && now <= next && next <= settings.max_backoff);
        }
    }
}
