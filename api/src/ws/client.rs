//! One connected browser, as the hub sees it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use platform::events::{Channel, Event};
use tokio_util::sync::CancellationToken;

use super::{
    outgoing::Outgoing,
    protocol::{Problem, Topic, permission},
};
use crate::auth::{Claims, JobsRead, Permission as _, grants};

/// Subscriptions that one connection may hold.
pub const MAX_SUBSCRIPTIONS: usize = 50;

/// A connected browser.
pub struct Client {
    /// Whose it is.
    pub claims: Arc<Claims>,
    /// What is on its way to it.
    pub outgoing: Outgoing,
    /// Fires when its user may stay no longer.
    pub refused: CancellationToken,
    topics: Mutex<HashSet<Topic>>,
}

impl Client {
    /// A browser of the user in `claims`, without subscriptions.
    #[must_use]
    pub fn new(claims: Arc<Claims>) -> Self {
        Self {
            claims,
            outgoing: Outgoing::default(),
            refused: CancellationToken::new(),
            topics: Mutex::default(),
        }
    }

    /// Subscribes.
    ///
    /// # Errors
    /// A missing permission, or too many subscriptions.
    pub fn subscribe(&self, topic: &Topic) -> Result<(), Problem> {
        let needed = permission(topic.channel);
        if !grants(&self.claims.permissions, needed) {
            return Err(Problem::new("FORBIDDEN", format!("this needs the permission {needed}")));
        }
        let mut topics = self.topics();
        if topics.len() >= MAX_SUBSCRIPTIONS && !topics.contains(topic) {
            return Err(Problem::new("RATE_LIMITED", format!("at most {MAX_SUBSCRIPTIONS} subscriptions")));
        }
        topics.insert(topic.clone());
        Ok(())
    }

    /// Ends a subscription; one that there is not is no error.
    pub fn unsubscribe(&self, topic: &Topic) {
        self.topics().remove(topic);
    }

    /// Queues `text`, the message of `event`, if the browser asked for such and may see it.
    pub fn offer(&self, event: &Event, text: &Arc<str>) {
        if self.may_see(event) && self.asked_for(event) {
            self.outgoing.push(Arc::clone(text));
        }
    }

    fn asked_for(&self, event: &Event) -> bool {
        let topics = self.topics();
        topics.iter().any(|topic| {
            topic.channel == event.channel
                && (topic.camera_id.is_none() || topic.camera_id == event.camera_id)
        })
    }

    fn may_see(&self, event: &Event) -> bool {
        let own = event.user_id == Some(self.claims.sub);
        match event.channel {
            Channel::Notifications => own || event.user_id.is_none(),
            Channel::Jobs => own || grants(&self.claims.permissions, JobsRead::NAME),
            Channel::Detections | Channel::CameraStatus | Channel::Alerts => true,
        }
    }

    fn topics(&self) -> MutexGuard<'_, HashSet<Topic>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
