//! The lock after failed sign-ins: 10 failures within 15 minutes lock that account, for that address, for 15 minutes.
//! Unknown accounts are counted too, so that both answer alike. A new lock raises an alert.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{TextList, alert, login_attempt};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, prelude::IpNetwork};

use crate::call::Call;

/// The rule of the contract.
const POLICY: login_attempt::Policy =
    login_attempt::Policy { failures: 10, window: TimeDelta::minutes(15), lock: TimeDelta::minutes(15) };

/// Somebody trying to sign in as `email` from an address.
pub struct Attempt<'a> {
    email: &'a str,
    address: IpNetwork,
    now: DateTime<Utc>,
}

impl<'a> Attempt<'a> {
    /// The attempt that `call` makes now.
    #[must_use]
    pub fn new(email: &'a str, call: &Call) -> Self {
        Self { email, address: call.client.into(), now: Utc::now() }
    }

    /// How long the lock still holds, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn locked_for(&self, db: &impl ConnectionTrait) -> Result<Option<Duration>, DbErr> {
        let until = login_attempt::locked_until(db, self.email, self.address, self.now).await?;
        Ok(until.and_then(|until| (until - self.now).to_std().ok()))
    }

    /// Counts a failure, and answers the alert that was raised where it is the one that locks.
    ///
    /// # Errors
    /// The database's.
    pub async fn failed(&self, db: &impl ConnectionTrait) -> Result<Option<alert::Model>, DbErr> {
        let known = login_attempt::record_failure(db, self.email, self.address, self.now, POLICY).await?;
        if known.failures == POLICY.failures { self.alert(db).await } else { Ok(None) }
    }

    /// Forgets the failures after a sign-in.
    ///
    /// # Errors
    /// The database's.
    pub async fn succeeded(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        login_attempt::clear(db, self.email, self.address).await
    }

    /// One alert a lock: nobody reports its end, so the next lock of the same pair closes it.
    async fn alert(&self, db: &impl ConnectionTrait) -> Result<Option<alert::Model>, DbErr> {
        let address = self.address.ip();
        let row = alert::ActiveModel {
            title: Set("Sign-in locked".to_owned()),
            description: Set(Some(format!(
                "{} failed sign-ins as {} from {address}",
                POLICY.failures, self.email
            ))),
            level: Set(alert::Level::High),
            kind: Set("login_lockout".to_owned()),
            acknowledged: Set(false),
            tags: Set(TextList::from_iter(["security"])),
            ..alert::ActiveModel::keyed()
        };
        let key = format!("login_lockout:{}:{address}", self.email);
        alert::raise_spaced(db, &key, POLICY.lock, self.now, row).await
    }
}
