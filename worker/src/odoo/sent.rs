//! What `odoo_sent` of a log says: what Odoo was last told and has confirmed, and what it was told since without an answer.
//!
//! `{"checkIn", "checkOut", "employee", "attempt": {"checkIn", "checkOut", "at"}}`: the first two are what Odoo has, absent until it
//! has confirmed something; `attempt` is there from the moment before a call until its answer.

use chrono::{DateTime, Utc};
use odoo::Times;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is known about Odoo's copy of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sent {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check_in: Option<DateTime<Utc>>,
    #[serde(default)]
    check_out: Option<DateTime<Utc>>,
    /// Whose record it is, by Odoo's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee: Option<i64>,
    /// What was sent, and not answered yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
}

/// A call that may have been done or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempt {
    check_in: DateTime<Utc>,
    check_out: Option<DateTime<Utc>>,
    /// When it was about to be made.
    pub at: DateTime<Utc>,
}

impl Attempt {
    pub fn new(times: Times, at: DateTime<Utc>) -> Self {
        Self { check_in: times.check_in, check_out: times.check_out, at }
    }

    pub fn times(&self) -> Times {
        Times::new(self.check_in, self.check_out)
    }
}

impl Sent {
    /// Odoo has these times, of this employee.
    pub fn confirmed(employee: i64, times: Times) -> Self {
        Self {
            check_in: Some(times.check_in),
            check_out: times.check_out,
            employee: Some(employee),
            attempt: None,
        }
    }

    /// The first attempt for this employee.
    pub fn first(employee: i64, attempt: Attempt) -> Self {
        Self { employee: Some(employee), attempt: Some(attempt), ..Self::default() }
    }

    /// The same with another attempt, or none.
    pub fn with(self, attempt: Option<Attempt>) -> Self {
        Self { attempt, ..self }
    }

    /// Reads what a log or a payload keeps; what cannot be read is as good as nothing.
    pub fn read(kept: Option<&Value>) -> Self {
        kept.and_then(|kept| Self::deserialize(kept).ok()).unwrap_or_default()
    }

    /// The form in which it is kept; nothing where nothing is known.
    pub fn kept(&self) -> Option<Value> {
        if *self == Self::default() { None } else { serde_json::to_value(self).ok() }
    }

    /// What Odoo has confirmed.
    pub fn times(&self) -> Option<Times> {
        self.check_in.map(|check_in| Times::new(check_in, self.check_out))
    }

    /// When a record may begin that Odoo has from us.
    pub fn begins(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let attempt = self.attempt.map(|attempt| attempt.times());
        attempt.into_iter().chain(self.times()).map(|times| times.check_in)
    }

    /// Whether Odoo may have these times from us: confirmed, or sent without an answer.
    pub fn explains(&self, times: Times) -> bool {
        self.times() == Some(times) || self.attempt.is_some_and(|attempt| attempt.times() == times)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use serde_json::json;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    #[test]
    fn what_is_kept_comes_back_and_names_what_odoo_has() {
        let open = Times::new(at(8), None);
        let sent = Sent::confirmed(7, open);
        assert_eq!(sent.kept().unwrap(), json!({ "checkIn": at(8), "checkOut": null, "employee": 7 }));
        assert_eq!(Sent::read(sent.kept().as_ref()), sent);
        let attempt = Some(Attempt::new(Times::new(at(8), Some(at(17))), at(18)));
        let under_way = Sent { attempt, ..sent };
        assert_eq!(Sent::read(under_way.kept().as_ref()), under_way);
        assert!(under_way.explains(open) && under_way.explains(Times::new(at(8), Some(at(17)))));
        assert!(!under_way.explains(Times::new(at(8), Some(at(16)))));
    }

    #[test]
    fn a_first_attempt_confirms_nothing() {
        let first = Sent::first(7, Attempt::new(Times::new(at(8), None), at(9)));
        assert_eq!(first.times(), None);
        assert!(first.kept().unwrap().get("checkIn").is_none(), "the rules must not take it for confirmed");
        assert_eq!(Sent::read(Some(&json!("rubbish"))), Sent::default());
        assert_eq!(Sent::default().kept(), None);
    }
}
