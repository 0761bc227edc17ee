//! Bounds memory and work: a limited number of requests with pictures is taken in, a limited number of them is worked
//! on, and the rest is told to come back.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::ApiError;
use crate::observation;
use crate::recogniser::{Recogniser, RecogniserError};

/// Places that a request takes which may bring many pictures.
pub(super) const ENROLMENT_PLACES: u32 = 4;
/// Places that a request takes which brings one or two pictures.
pub(super) const PICTURE_PLACES: u32 = 1;

/// The recogniser, and the limits of what it is asked at the same time.
pub(super) struct Service {
    pub(super) recogniser: Recogniser,
    places: Arc<Semaphore>,
    capacity: u32,
    processors: Arc<Semaphore>,
}

/// The right to be in the house, given back when dropped.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Service {
    pub(super) fn new(recogniser: Recogniser, workers: usize, max_in_flight: usize) -> Self {
        Self {
            recogniser,
            places: Arc::new(Semaphore::new(max_in_flight)),
            capacity: u32::try_from(max_in_flight).unwrap_or(u32::MAX),
            processors: Arc::new(Semaphore::new(workers)),
        }
    }

    /// Takes a request in, before its body is read.
    pub(super) fn admit(&self, places: u32) -> Result<Place, ApiError> {
        let permits = places.min(self.capacity);
        match Arc::clone(&self.places).try_acquire_many_owned(permits) {
            Ok(permit) => Ok(Place { _permit: permit }),
            Err(_) => {
                observation::count_overload();
                Err(ApiError::Overloaded)
            }
        }
    }

    /// Works for a request, when it is its turn, on a thread where blocking is allowed. The work is finished, and keeps
    /// its place, even if the caller goes away.
    pub(super) async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        place: Place,
        work: impl FnOnce(&Recogniser) -> Result<T, RecogniserError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let turn = Arc::clone(&self.processors).acquire_owned().await.map_err(|_| ApiError::Overloaded)?;
        let service = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work(&service.recogniser)
        });
        Ok(task.await??)
    }
}
