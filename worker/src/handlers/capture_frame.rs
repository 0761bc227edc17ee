//! A frame that the camera's own interval asked for.

use attendance::Trigger;
use jobs::{CaptureFrame, FrameReport, Job as _};

use crate::{
    context::Context,
    frame::{Request, look},
    handler::{Failure, Handle, Run},
};

impl Handle for CaptureFrame {
    async fn run(&self, context: &Context, run: &Run) -> Result<FrameReport, Failure> {
        look(
            context,
            run,
            Request { camera_id: &self.camera_id, kind: Self::KIND, trigger: Trigger::Automatic },
        )
        .await
    }
}
