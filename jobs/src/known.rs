//! Kinds by their names: from a stored payload back to the work that it stands for. What a kind says about itself (its unique key,
//! its attempts, its limits) need not be stored with every job then.

use serde_json::Value;

use crate::{
    CaptureFrame, CheckCameraHealth, CleanupCaptureGuards, CleanupOldData, CloseAttendanceDay,
    DeleteOdooRecord, EnqueueError, ExpirePresence, GenerateExport, GenerateReport, Job, OdooSync,
    RecomputeDay, SampleCameras, ScheduledOdooSync, SendEmail, SendFrame, TestDetectionProvider, Work,
};

struct Known {
    kind: &'static str,
    version: u16,
    read: fn(&Value) -> Result<Work, EnqueueError>,
}

const fn known<J: Job>() -> Known {
    Known { kind: J::KIND, version: J::VERSION, read: read::<J> }
}

fn read<J: Job>(payload: &Value) -> Result<Work, EnqueueError> {
    Work::of(&serde_json::from_value::<J>(payload.clone())?)
}

static KINDS: [Known; 16] = [
    known::<CaptureFrame>(),
    known::<CheckCameraHealth>(),
    known::<CleanupCaptureGuards>(),
    known::<CleanupOldData>(),
    known::<CloseAttendanceDay>(),
    known::<DeleteOdooRecord>(),
    known::<ExpirePresence>(),
    known::<GenerateExport>(),
    known::<GenerateReport>(),
    known::<OdooSync>(),
    known::<RecomputeDay>(),
    known::<SampleCameras>(),
    known::<ScheduledOdooSync>(),
    known::<SendEmail>(),
    known::<SendFrame>(),
    known::<TestDetectionProvider>(),
];

/// Kind and version of every job that can be started again from its payload.
pub fn kinds() -> impl Iterator<Item = (&'static str, u16)> {
    KINDS.iter().map(|known| (known.kind, known.version))
}

/// The work of a payload; `None` where this release does not know the kind, or the payload is not one of its kind's.
pub(crate) fn work_of(kind: &str, version: u16, payload: &Value) -> Option<Work> {
    let known = KINDS.iter().find(|known| known.kind == kind && known.version == version)?;
    (known.read)(payload).ok()
}
