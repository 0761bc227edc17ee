use proptest::prelude::*;
use provider::engine::{Engine, ModelFiles};

use crate::cache;

/// The network is read after the landmarks, which the real ones have to be for it to be reached.
fn with_network(change: impl FnOnce(&mut Vec<u8>)) -> Result<Engine, impl std::error::Error> {
    let mut files = cache::model_files();
    change(&mut files.network);
    Engine::new(&files, 40)
}

#[test]
fn missing_and_swapped_models_are_refused() {
    let files = cache::model_files();
    let swapped = ModelFiles { landmarks: files.network, network: files.landmarks };
    assert!(Engine::new(&swapped, 40).is_err());
    assert!(Engine::new(&ModelFiles { landmarks: Vec::new(), network: Vec::new() }, 40).is_err());
    assert!(with_network(|network| network.push(0)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_network_that_ends_too_early_is_refused(length in 0usize..22_466_066) {
        prop_assert!(with_network(|network| network.truncate(length)).is_err());
    }

    #[test]
    fn a_network_with_a_damaged_head_never_causes_a_panic(at in 0usize..600, value: u8) {
        let _ = with_network(|network| network[at] = value);
    }
}
