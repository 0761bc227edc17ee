#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use tempfile::TempDir;

use super::super::person::EnrolledImage;
use super::*;
use crate::engine::DIMENSIONS;

fn person(id: &str) -> Person {
    let embedding = std::array::from_fn(|i| i as f32 / DIMENSIONS as f32 - 0.3);
    Person {
        id: PersonId::try_from(id.to_owned()).unwrap(),
        name: "Zoë \"Z\"\nО'Нил".to_owned(),
        images: vec![EnrolledImage { reference: "r1".to_owned(), quality: 0.75, embedding }],
    }
}

fn store() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path().join("people")).unwrap();
    (folder, store)
}

#[test]
fn a_person_is_read_as_it_was_written() {
    let (_folder, store) = store();
    store.write(&person("a")).unwrap();
    assert_eq!(store.read(&person("a").id).unwrap(), Some(person("a")));
    assert_eq!(store.load().unwrap().len(), 1);
}

#[test]
fn a_person_who_was_removed_leaves_nothing_on_the_disk() {
    let (_folder, store) = store();
    store.write(&person("a")).unwrap();
    assert!(store.remove(&person("a").id).unwrap());
    assert!(!store.remove(&person("a").id).unwrap());
    let names = fs::read_dir(&store.folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), [LOCK]);
}

#[test]
fn a_half_written_file_is_cleared_away_and_the_old_person_stays() {
    let (_folder, store) = store();
    store.write(&person("a")).unwrap();
    let part = store.folder.join(".a.part");
    fs::write(&part, b"0123 half").unwrap();
    let people: Vec<Person> = store.load().unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!(people, [person("a")]);
    assert!(!part.exists());
}

#[test]
fn every_flipped_or_missing_byte_is_found() {
    let (_folder, store) = store();
    store.write(&person("a")).unwrap();
    let path = store.path(&person("a").id);
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        assert!(encoding::decode(&flipped).is_err(), "byte {at} flipped");
        assert!(encoding::decode(&good[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn one_damaged_file_does_not_hide_the_others() {
    let (_folder, store) = store();
    store.write(&person("a")).unwrap();
    store.write(&person("b")).unwrap();
    fs::write(store.path(&person("a").id), b"rubbish").unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = store.load().unwrap().into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (1, 1));
    assert!(bad[0].as_ref().unwrap_err().to_string().contains("a.person"));
}

#[test]
fn a_folder_serves_one_process_at_a_time() {
    let (_folder, store) = store();
    let second = Store::open(store.folder.clone());
    assert!(matches!(second, Err(StoreError::InUse { .. })));
}
