//! The faces of all people in one flat matrix, and the search for the nearest. 50,000 faces take 25 MB and a search a few
//! milliseconds, so no index is needed.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::person::{Person, PersonId};
use crate::engine::{DIMENSIONS, Embedding};

/// Partial sums that are kept apart, so that the compiler may use the processor's vector instructions.
const LANES: usize = 16;

/// The person nearest to a face.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// Their id.
    pub person: Arc<str>,
    /// Distance to the nearest of their pictures.
    pub distance: f32,
    /// Distance to the nearest picture of anybody else.
    pub second: Option<f32>,
}

/// A person without the faces.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// Their id.
    pub id: Arc<str>,
    /// Their name.
    pub name: String,
    /// Reference and quality of each picture.
    pub images: Vec<(String, f32)>,
}

/// Everybody in memory.
#[derive(Default)]
pub(super) struct Gallery {
    people: BTreeMap<Arc<str>, Listing>,
    faces: Vec<Embedding>,
    /// Whose face each is.
    owners: Vec<Arc<str>>,
}

impl Gallery {
    /// Adds a person, or replaces the one with the same id.
    pub(super) fn put(&mut self, person: &Person) {
        self.remove(&person.id);
        let id: Arc<str> = person.id.as_str().into();
        for image in &person.images {
            self.faces.push(image.embedding);
            self.owners.push(Arc::clone(&id));
        }
        let images = person.images.iter().map(|image| (image.reference.clone(), image.quality)).collect();
        let listing = Listing { id: Arc::clone(&id), name: person.name.clone(), images };
        self.people.insert(id, listing);
    }

    pub(super) fn remove(&mut self, id: &PersonId) {
        if self.people.remove(id.as_str()).is_none() {
            return;
        }
        let mut at = 0;
        while let Some(owner) = self.owners.get(at) {
            if **owner == *id.as_str() {
                self.owners.swap_remove(at);
                self.faces.swap_remove(at);
            } else {
                at += 1;
            }
        }
    }

    pub(super) fn nearest(&self, face: &Embedding) -> Option<Nearest> {
        let mut best: Option<(&Arc<str>, f32)> = None;
        let mut second = f32::INFINITY;
        for (owner, known) in self.owners.iter().zip(&self.faces) {
            let distance = squared_distance(known, face);
            match best {
                // Farther than the second person: by far the most frequent case, and the cheapest.
                Some(_) if distance >= second => {}
                Some((leader, least)) if distance >= least => {
                    if leader != owner {
                        second = distance;
                    }
                }
                Some((leader, least)) => {
                    if leader != owner {
                        second = least;
                    }
                    best = Some((owner, distance));
                }
                None => best = Some((owner, distance)),
            }
        }
        best.map(|(owner, distance)| Nearest {
            person: Arc::clone(owner),
            distance: distance.sqrt(),
            second: second.is_finite().then(|| second.sqrt()),
        })
    }

    pub(super) fn name(&self, id: &str) -> Option<&str> {
        self.people.get(id).map(|listing| listing.name.as_str())
    }

    pub(super) fn list(&self, after: &str, limit: usize) -> Vec<Listing> {
        let behind = (Bound::Excluded(after), Bound::Unbounded);
        self.people.range::<str, _>(behind).take(limit).map(|(_, listing)| listing.clone()).collect()
    }

    pub(super) fn people(&self) -> usize {
        self.people.len()
    }

    pub(super) fn images(&self) -> usize {
        self.faces.len()
    }
}

/// Euclidean distance of two faces.
pub(crate) fn distance(a: &Embedding, b: &Embedding) -> f32 {
    squared_distance(a, b).sqrt()
}

fn squared_distance(a: &[f32; DIMENSIONS], b: &[f32; DIMENSIONS]) -> f32 {
    let mut sums = [0.0; LANES];
    let (a, b) = (a.as_chunks::<LANES>().0, b.as_chunks::<LANES>().0);
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            let difference = a[lane] - b[lane];
            sums[lane] += difference * difference;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::super::person::EnrolledImage;
    use super::*;

    fn face(value: f32) -> Embedding {
        let mut face = [0.0; DIMENSIONS];
        face[DIMENSIONS - 1] = value;
        face
    }

    fn person(id: &str, faces: &[f32]) -> Person {
        let image = |value: &f32| EnrolledImage {
            reference: value.to_string(),
            quality: 1.0,
            embedding: face(*value),
        };
        let id = PersonId::try_from(id.to_owned()).unwrap();
        Person { id, name: "N".to_owned(), images: faces.iter().map(image).collect() }
    }

    #[test]
    fn a_removed_person_is_no_longer_found() {
        let mut gallery = Gallery::default();
        gallery.put(&person("a", &[1.0, 2.0]));
        gallery.put(&person("b", &[5.0]));
        gallery.remove(&person("a", &[]).id);
        let nearest = gallery.nearest(&face(1.0)).unwrap();
        assert_eq!((&*nearest.person, nearest.second), ("b", None));
        assert_eq!((gallery.people(), gallery.images()), (1, 1));
    }

    #[test]
    fn a_replaced_person_keeps_none_of_the_former_faces() {
        let mut gallery = Gallery::default();
        gallery.put(&person("a", &[1.0, 2.0]));
        gallery.put(&person("a", &[9.0]));
        assert!((gallery.nearest(&face(1.0)).unwrap().distance - 8.0).abs() < 1e-6);
    }

    #[test]
    fn an_empty_gallery_knows_nobody() {
        assert_eq!(Gallery::default().nearest(&face(0.0)), None);
    }

    proptest! {
        #[test]
        fn the_second_distance_belongs_to_another_person(
            faces in prop::collection::vec((0usize..4, 0.0f32..10.0), 1..20),
            probe in 0.0f32..10.0,
        ) {
            let mut gallery = Gallery::default();
            for owner in 0..4 {
                let own: Vec<f32> = faces.iter().filter(|face| face.0 == owner).map(|face| face.1).collect();
                gallery.put(&person(&owner.to_string(), &own));
            }
            let least = |owner: usize| faces.iter().filter(|face| face.0 == owner)
                .map(|face| (face.1 - probe).abs()).fold(f32::INFINITY, f32::min);
            let mut expected: Vec<f32> = (0..4).map(least).collect();
            expected.sort_by(f32::total_cmp);
            let nearest = gallery.nearest(&face(probe)).unwrap();
            prop_assert!((nearest.distance - expected[0]).abs() < 1e-4);
            match nearest.second {
                Some(second) => prop_assert!((second - expected[1]).abs() < 1e-4),
                None => prop_assert!(expected[1].is_infinite()),
            }
        }
    }
}
