//! Which kinds this worker can run: one line a kind.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::BoxFuture;
use jobs::{
    CaptureFrame, CheckCameraHealth, CleanupCaptureGuards, CleanupOldData, CloseAttendanceDay,
    DeleteOdooRecord, ExpirePresence, GenerateExport, GenerateReport, OdooSync, RecomputeDay, SampleCameras,
    ScheduledOdooSync, SendEmail, SendFrame, TestDetectionProvider,
};
use queue::{Delivery, Outcome};

use crate::{
    context::Context,
    handler::{Handle, run},
};

type Runner = fn(Arc<Context>, Delivery) -> BoxFuture<'static, Outcome>;

/// Finds the handler of a delivery by its kind and version.
#[derive(Clone)]
pub struct Registry(Arc<HashMap<(&'static str, u16), Runner>>);

impl Registry {
    /// Every kind that there is.
    #[must_use]
    pub fn complete() -> Self {
        let mut runners = HashMap::new();
        register::<SendFrame>(&mut runners);
        register::<CaptureFrame>(&mut runners);
        register::<SampleCameras>(&mut runners);
        register::<TestDetectionProvider>(&mut runners);
        register::<CheckCameraHealth>(&mut runners);
        register::<ExpirePresence>(&mut runners);
        register::<CleanupCaptureGuards>(&mut runners);
        register::<CleanupOldData>(&mut runners);
        register::<CloseAttendanceDay>(&mut runners);
        register::<RecomputeDay>(&mut runners);
        register::<GenerateExport>(&mut runners);
        register::<GenerateReport>(&mut runners);
        register::<SendEmail>(&mut runners);
        register::<OdooSync>(&mut runners);
        register::<ScheduledOdooSync>(&mut runners);
        register::<DeleteOdooRecord>(&mut runners);
        Self(Arc::new(runners))
    }

    /// One kind alone, for a worker that runs nothing else.
    #[must_use]
    pub fn of<J: Handle>() -> Self {
        let mut runners = HashMap::new();
        register::<J>(&mut runners);
        Self(Arc::new(runners))
    }

    /// Kinds and versions to ask the queue for.
    #[must_use]
    pub fn kinds(&self) -> Vec<(String, u16)> {
        self.0.keys().map(|(kind, version)| ((*kind).to_owned(), *version)).collect()
    }

    /// Runs a delivery. The queue only hands out kinds that were asked for, so an unknown one is a fault of ours.
    pub async fn run(&self, context: Arc<Context>, delivery: Delivery) -> Outcome {
        match self.0.get(&(&*delivery.kind, delivery.version)) {
            Some(runner) => runner(context, delivery).await,
            None => {
                Outcome::Discard(format!("no handler for {} version {}", delivery.kind, delivery.version))
            }
        }
    }
}

fn register<J: Handle>(runners: &mut HashMap<(&'static str, u16), Runner>) {
    runners.insert((J::KIND, J::VERSION), |context, delivery| {
        Box::pin(async move { run::<J>(&context, delivery).await })
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Registry;

    #[test]
    fn every_kind_that_a_worker_runs_can_be_started_again_from_its_payload() {
        let run = Registry::complete().kinds().into_iter().collect::<BTreeSet<_>>();
        let known = jobs::kinds().map(|(kind, version)| (kind.to_owned(), version));
        assert_eq!(run, known.collect::<BTreeSet<_>>());
    }
}
