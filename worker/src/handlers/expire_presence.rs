//! The end of presences that nobody confirmed.

use chrono::Utc;
use entity::attendance_record;
use jobs::ExpirePresence;

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
};

impl Handle for ExpirePresence {
    async fn run(&self, context: &Context, _run: &Run) -> Result<u64, Failure> {
        let timeout = context.configuration.current().await?.site.rules.presence_timeout();
        Ok(attendance_record::expire(&context.db, Utc::now() - timeout).await?)
    }
}
