//! People on disk, one file each, so that enrolling one of ten thousand writes one small file. A file gets its name only
//! when its bytes are safely on the disk: whenever the process is killed, there is either the old person or the new one.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use self::encoding::EncodingError;
use super::person::{Person, PersonId};

mod encoding;

const EXTENSION: &str = "person";
const LOCK: &str = ".lock";

/// Why people cannot be loaded or kept.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Of what.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Two processes would overwrite each other's changes.
    #[error("{path}: another process uses this folder", path = path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// A person's file is not as it was written.
    #[error("{path}: {source}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: EncodingError,
    },
}

impl StoreError {
    /// The file or folder that it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Io { path, .. } | Self::InUse { path } | Self::Damaged { path, .. } => path,
        }
    }
}

/// A folder with a file a person.
pub(super) struct Store {
    folder: PathBuf,
    /// Locked as long as the store is open.
    _lock: File,
}

impl Store {
    pub(super) fn open(folder: PathBuf) -> Result<Self, StoreError> {
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let lock_path = folder.join(LOCK);
        let lock = File::create(&lock_path).map_err(at(&lock_path))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => StoreError::InUse { path: folder.clone() },
            fs::TryLockError::Error(source) => StoreError::Io { path: lock_path, source },
        })?;
        Ok(Self { folder, _lock: lock })
    }

    /// Everybody, in no particular order, and an error for each file that is damaged. Files that a killed process left
    /// half written are removed.
    pub(super) fn load(&self) -> Result<Vec<Result<Person, StoreError>>, StoreError> {
        let mut people = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            let path = entry.map_err(at(&self.folder))?.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some(EXTENSION) => people.push(read_file(&path)),
                Some("part") => fs::remove_file(&path).map_err(at(&path))?,
                Some(_) | None => {}
            }
        }
        Ok(people)
    }

    pub(super) fn read(&self, id: &PersonId) -> Result<Option<Person>, StoreError> {
        match read_file(&self.path(id)) {
            Ok(person) => Ok(Some(person)),
            Err(StoreError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns when the person would survive a power failure.
    pub(super) fn write(&self, person: &Person) -> Result<(), StoreError> {
        let path = self.path(&person.id);
        let part = self.folder.join(format!(".{}.part", person.id));
        write_through(&part, &encoding::encode(person)).map_err(at(&part))?;
        fs::rename(&part, &path).map_err(at(&path))?;
        self.sync()
    }

    pub(super) fn remove(&self, id: &PersonId) -> Result<bool, StoreError> {
        let path = self.path(id);
        match fs::remove_file(&path) {
            Ok(()) => self.sync().map(|()| true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(at(&path)(error)),
        }
    }

    pub(super) fn path(&self, id: &PersonId) -> PathBuf {
        self.folder.join(format!("{id}.{EXTENSION}"))
    }

    /// Makes a new, renamed or removed name durable.
    fn sync(&self) -> Result<(), StoreError> {
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(at(&self.folder))
    }
}

fn read_file(path: &Path) -> Result<Person, StoreError> {
    let bytes = fs::read(path).map_err(at(path))?;
    let person = encoding::decode(&bytes);
    let person = person.map_err(|source| StoreError::Damaged { path: path.to_owned(), source })?;
    if path.file_stem().is_some_and(|stem| stem == person.id.as_str()) {
        Ok(person)
    } else {
        Err(StoreError::Damaged { path: path.to_owned(), source: EncodingError::OtherPerson })
    }
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    |source| StoreError::Io { path, source }
}

#[cfg(test)]
mod tests;
