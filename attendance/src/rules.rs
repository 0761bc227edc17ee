//! The settings of the rules: the `attendance.*` keys of the system configuration, with their defaults.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::sighting::Trigger;

/// How sightings become attendance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Seconds for which a camera that saw a person does not change that person's log again.
    pub cooldown_seconds: u32,
    /// Minutes after the check-in from which a sighting that is not at an exit counts as a check-out.
    pub min_stay_minutes: u32,
    /// Frames that must agree before a frame that somebody asked for opens a log.
    pub min_agreeing_frames_on_demand: u32,
    /// Frames that must agree before an automatic frame opens a log.
    pub min_agreeing_frames_automatic: u32,
    /// Minutes without a sighting after which a person counts as gone.
    pub presence_timeout_minutes: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            cooldown_seconds: 60,
            min_stay_minutes: 5,
            min_agreeing_frames_on_demand: 1,
            min_agreeing_frames_automatic: 2,
            presence_timeout_minutes: 60,
        }
    }
}

impl Rules {
    /// The cooldown as a length of time.
    #[must_use]
    pub fn cooldown(&self) -> TimeDelta {
        TimeDelta::seconds(self.cooldown_seconds.into())
    }

    /// The minimum stay as a length of time.
    #[must_use]
    pub fn min_stay(&self) -> TimeDelta {
        TimeDelta::minutes(self.min_stay_minutes.into())
    }

    /// The presence time-out as a length of time.
    #[must_use]
    pub fn presence_timeout(&self) -> TimeDelta {
        TimeDelta::minutes(self.presence_timeout_minutes.into())
    }

    /// How many frames must agree before one captured for `trigger` opens a log: at least the frame itself.
    #[must_use]
    pub fn min_agreeing_frames(&self, trigger: Trigger) -> usize {
        let configured = match trigger {
            Trigger::OnDemand => self.min_agreeing_frames_on_demand,
            Trigger::Automatic => self.min_agreeing_frames_automatic,
        };
        usize::try_from(configured).unwrap_or(usize::MAX).max(1)
    }
}
