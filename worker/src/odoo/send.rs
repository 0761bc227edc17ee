//! The calls that change something in Odoo, each made only while the job is still this run's.

use std::{ops::Range, time::Duration};

use futures_util::FutureExt as _;
use jobs::EnqueueError;
use odoo::{Client, NewRecord, OdooError};
use sea_orm::DbErr;
use tokio::time::Instant;

use crate::{
    configuration::ConfigurationError,
    handler::{Failure, Run},
};

/// How long one batch may take.
const BATCH: Duration = Duration::from_secs(120);

/// Why no further call is made.
#[derive(Debug)]
pub(super) enum Stop {
    /// Odoo refuses all of it, or nobody knows what it did.
    Odoo(OdooError),
    /// The run is over, the batch's time is, or something here is away.
    Run(Failure),
}

impl From<OdooError> for Stop {
    fn from(error: OdooError) -> Self {
        Self::Odoo(error)
    }
}

impl From<DbErr> for Stop {
    fn from(error: DbErr) -> Self {
        Self::Run(error.into())
    }
}

impl From<ConfigurationError> for Stop {
    fn from(error: ConfigurationError) -> Self {
        Self::Run(error.into())
    }
}

impl From<EnqueueError> for Stop {
    fn from(error: EnqueueError) -> Self {
        Self::Run(Failure::retry(&error))
    }
}

/// The way to Odoo for one batch.
pub(super) struct Sender<'a> {
    client: &'a Client,
    run: &'a Run,
    deadline: Instant,
}

impl<'a> Sender<'a> {
    pub fn new(client: &'a Client, run: &'a Run) -> Self {
        Self { client, run, deadline: Instant::now() + BATCH }
    }

    /// The client, once it is sure that the job is still this run's.
    pub async fn client(&self) -> Result<&'a Client, Stop> {
        if self.run.stopped().now_or_never().is_some() {
            return Err(Stop::Run(Failure::stopped()));
        }
        if Instant::now() > self.deadline {
            let text = format!("a batch was not done within {} s", BATCH.as_secs());
            return Err(Stop::Run(Failure::Retry(text)));
        }
        match self.run.still_mine().await {
            Ok(true) => Ok(self.client),
            Ok(false) => Err(Stop::Run(Failure::stopped())),
            Err(error) => Err(Stop::Run(Failure::retry(&error))),
        }
    }

    /// Makes records. A call is all or nothing, so one that is refused is split until the bad records are alone: the good ones
    /// arrive, and each bad one has a reason of its own. What was not tried before a stop is `None`.
    pub async fn create(&self, records: &[NewRecord]) -> (Vec<Option<Result<i64, OdooError>>>, Option<Stop>) {
        let mut made: Vec<_> = records.iter().map(|_| None).collect();
        let mut ranges: Vec<Range<usize>> = Vec::from_iter((!records.is_empty()).then_some(0..records.len()));
        while let Some(range) = ranges.pop() {
            let client = match self.client().await {
                Ok(client) => client,
                Err(stop) => return (made, Some(stop)),
            };
            match client.create(&records[range.clone()]).await {
                Ok(ids) => range.zip(ids).for_each(|(place, id)| made[place] = Some(Ok(id))),
                Err(error) if !error.is_about_records() => {
                    let unsure = error.is_unsure();
                    range.filter(|_| unsure).for_each(|place| made[place] = Some(Err(error.clone())));
                    return (made, Some(Stop::Odoo(error)));
                }
                Err(error) if range.len() == 1 => made[range.start] = Some(Err(error)),
                Err(_) => {
                    let middle = range.start + range.len() / 2;
                    ranges.extend([middle..range.end, range.start..middle]);
                }
            }
        }
        (made, None)
    }
}
