//! A frame that a person asked for.

use attendance::Trigger;
use jobs::{FrameReport, Job as _, SendFrame};

use crate::{
    context::Context,
    frame::{Request, look},
    handler::{Failure, Handle, Run},
};

impl Handle for SendFrame {
    async fn run(&self, context: &Context, run: &Run) -> Result<FrameReport, Failure> {
        look(
            context,
            run,
            Request { camera_id: &self.camera_id, kind: Self::KIND, trigger: Trigger::OnDemand },
        )
        .await
    }
}
