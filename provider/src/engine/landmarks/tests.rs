#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

/// A model with one stage, one tree and two probes: where the picture is brighter at the first probe than at the second,
/// all points move to the right by a tenth of the box, otherwise nothing moves.
fn tiny_model() -> Vec<u8> {
    let int = |value: u8| vec![0x01, value];
    let float = |numerator: u8, halvings: u8| vec![0x01, numerator, 0x81, halvings];
    let shape = |x: Vec<u8>| [int(10), int(1), [x, float(1, 1)].concat().repeat(5)].concat();
    let split = [int(0), int(1), float(0, 0)].concat();
    let leaves = |x: Vec<u8>| [int(10), int(1), [x, float(0, 0)].concat().repeat(5)].concat();
    let tree = [int(1), split, int(2), leaves(float(1, 3)), leaves(float(0, 0))].concat();
    let anchors = [int(1), int(2), int(4), int(4)].concat();
    let left_and_right = [vec![0x81, 1, 0x81, 2], float(0, 0), float(1, 2), float(0, 0)].concat();
    let offsets = [int(1), int(2), left_and_right].concat();
    // The mean shape must have an extent: the first point stands apart.
    let mut mean = shape(float(1, 1));
    mean[4 + 1] = 0;
    [int(1), mean, int(1), int(1), tree, anchors, offsets].concat()
}

fn picture(brightness: impl Fn(usize) -> u8) -> Picture {
    let rgb = (0..80 * 80).flat_map(|at| [brightness(at % 80); 3]).collect();
    Picture { width: 80, height: 80, rgb }
}

#[test]
fn points_move_as_the_tree_says_that_fits_the_picture() {
    let model = Landmarks::parse(&tiny_model()).unwrap();
    let area = Area { left: 0, top: 0, right: 80, bottom: 80 };
    let bright_left = model.locate(&picture(|x| if x < 40 { 200 } else { 10 }), area);
    let bright_right = model.locate(&picture(|x| if x < 40 { 10 } else { 200 }), area);
    assert_eq!(bright_left[4], Point { x: 50.0, y: 40.0 });
    assert_eq!(bright_right[4], Point { x: 40.0, y: 40.0 });
}

#[test]
fn a_model_that_ends_too_early_or_goes_on_is_refused() {
    let model = tiny_model();
    for length in 0..model.len() {
        assert!(Landmarks::parse(&model[..length]).is_err(), "cut at {length}");
    }
    let longer = [model, vec![0]].concat();
    assert!(matches!(Landmarks::parse(&longer), Err(ModelError::TrailingBytes { count: 1 })));
}

proptest! {
    #[test]
    fn a_damaged_model_never_causes_a_panic(at in 0usize..200, value: u8) {
        let mut model = tiny_model();
        let at = at % model.len();
        model[at] = value;
        if let Ok(model) = Landmarks::parse(&model) {
            model.locate(&picture(|_| 100), Area { left: -5, top: 60, right: 90, bottom: 300 });
        }
    }
}
