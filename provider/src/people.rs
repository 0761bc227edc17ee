//! The enrolled people: on disk, which is the truth, and in memory, where faces are compared. A change is on the disk
//! before it shows in memory, and before the call that asked for it is answered.

mod gallery;
mod person;
mod store;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub(crate) use self::gallery::distance;
pub use self::gallery::{Listing, Nearest};
pub use self::person::{EnrolledImage, Person, PersonId};
pub use self::store::StoreError;

use self::gallery::Gallery;
use self::store::Store;
use crate::engine::Embedding;

/// All enrolled people.
pub struct People {
    store: Store,
    gallery: RwLock<Gallery>,
    /// Held while a person is read, changed and written, so that no change is lost.
    changing: Mutex<()>,
    /// Names of the files that could not be read, until their people are enrolled again or forgotten.
    unreadable: Mutex<BTreeSet<PathBuf>>,
}

/// What to do with the pictures that a person has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolment {
    /// The new ones take their place.
    Replace,
    /// The new ones join them.
    Append,
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// People.
    pub people: usize,
    /// Their pictures.
    pub images: usize,
    /// Files of people that cannot be read.
    pub unreadable: usize,
}

impl People {
    /// Opens, or creates, the store in this folder and loads everybody. A person whose file is damaged is left out,
    /// logged and counted, so that one bad block does not stop the recognition of all others.
    ///
    /// # Errors
    /// [`StoreError`] when the folder cannot be used, or another process uses it.
    pub fn open(folder: PathBuf) -> Result<Self, StoreError> {
        let store = Store::open(folder)?;
        let mut gallery = Gallery::default();
        let mut unreadable = BTreeSet::new();
        for person in store.load()? {
            match person {
                Ok(person) => gallery.put(&person),
                Err(error) => {
                    unreadable.insert(error.path().to_owned());
                    tracing::error!(error = %error, "a person cannot be loaded and has to be enrolled again");
                }
            }
        }
        Ok(Self {
            store,
            gallery: RwLock::new(gallery),
            changing: Mutex::new(()),
            unreadable: Mutex::new(unreadable),
        })
    }

    /// Enrols a person, or changes one.
    ///
    /// # Errors
    /// [`StoreError`] when the person cannot be read or written; then nothing has changed.
    pub fn enrol(&self, mut person: Person, enrolment: Enrolment) -> Result<Person, StoreError> {
        let _turn = self.lock_changes();
        if enrolment == Enrolment::Append
            && let Some(known) = self.store.read(&person.id)?
        {
            person.images.splice(0..0, known.images);
        }
        person.drop_repeated_images();
        self.store.write(&person)?;
        self.mended(&person.id);
        self.gallery_mut().put(&person);
        Ok(person)
    }

    /// Removes a person and everything kept of them. `false` when there is no such person.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be removed.
    pub fn forget(&self, id: &PersonId) -> Result<bool, StoreError> {
        let _turn = self.lock_changes();
        let existed = self.store.remove(id)?;
        self.mended(id);
        self.gallery_mut().remove(id);
        Ok(existed)
    }

    /// Removes one picture of a person. `false` when there is no such picture.
    ///
    /// # Errors
    /// [`StoreError`] when the person cannot be read or written.
    pub fn forget_image(&self, id: &PersonId, reference: &str) -> Result<bool, StoreError> {
        let _turn = self.lock_changes();
        let Some(mut person) = self.store.read(id)? else { return Ok(false) };
        let before = person.images.len();
        person.images.retain(|image| image.reference != reference);
        if person.images.len() == before {
            return Ok(false);
        }
        self.store.write(&person)?;
        self.gallery_mut().put(&person);
        Ok(true)
    }

    /// One person, with their pictures.
    ///
    /// # Errors
    /// [`StoreError`] when the person cannot be read.
    pub fn find(&self, id: &PersonId) -> Result<Option<Person>, StoreError> {
        self.store.read(id)
    }

    /// The person nearest to a face, if anybody is enrolled.
    #[must_use]
    pub fn nearest(&self, face: &Embedding) -> Option<Nearest> {
        self.gallery().nearest(face)
    }

    /// A person's name.
    #[must_use]
    pub fn name(&self, id: &str) -> Option<String> {
        self.gallery().name(id).map(str::to_owned)
    }

    /// At most `limit` people in the order of their ids, from the first one behind `after` on.
    #[must_use]
    pub fn list(&self, after: &str, limit: usize) -> Vec<Listing> {
        self.gallery().list(after, limit)
    }

    /// How many there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let unreadable = self.unreadable().len();
        let gallery = self.gallery();
        Counts { people: gallery.people(), images: gallery.images(), unreadable }
    }

    /// The person's file has been written anew, or is gone.
    fn mended(&self, id: &PersonId) {
        self.unreadable().remove(&self.store.path(id));
    }

    fn unreadable(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.unreadable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // A panic cannot leave the gallery half changed in a way that matters more than staying available.
    fn gallery(&self) -> RwLockReadGuard<'_, Gallery> {
        self.gallery.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn gallery_mut(&self) -> RwLockWriteGuard<'_, Gallery> {
        self.gallery.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_changes(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
