//! Failed sign-ins and the lock.

use chrono::{DateTime, TimeDelta, Utc};
use entity::Batch;
use entity::login_attempt::{self, Policy};
use sea_orm::EntityTrait;
use sea_orm::prelude::IpNetwork;

use crate::race::at_once;

const POLICY: Policy = Policy { failures: 10, window: TimeDelta::minutes(15), lock: TimeDelta::minutes(15) };

fn address() -> IpNetwork {
    "192.0.2.7".parse().unwrap()
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_failures_lock_the_pair_for_a_quarter_of_an_hour_however_close_they_come() {
    let database = testkit::database().await;
    let failures = at_once(10, |_| {
        let db = database.connection.clone();
        async move {
            login_attempt::record_failure(&db, "Ada@example.org", address(), noon(), POLICY)
                .await
                .unwrap()
                .failures
        }
    })
    .await;
    assert_eq!(failures.iter().filter(|failures| **failures == POLICY.failures).count(), 1);
    let locked = async |email: &str, ip: &str, at| {
        login_attempt::locked_until(&database.connection, email, ip.parse().unwrap(), at).await.unwrap()
    };
    let end = noon() + TimeDelta::minutes(15);
    assert_eq!(locked("ada@EXAMPLE.org", "192.0.2.7", noon()).await, Some(end));
    assert_eq!(locked("ada@example.org", "192.0.2.7", end).await, None);
    assert_eq!(locked("ada@example.org", "192.0.2.8", noon()).await, None);
    assert_eq!(locked("bob@example.org", "192.0.2.7", noon()).await, None);
}

#[tokio::test]
async fn failures_far_apart_do_not_add_up() {
    let database = testkit::database().await;
    let db = &database.connection;
    for number in 0..20 {
        let at = noon() + TimeDelta::minutes(16 * number);
        let attempt =
            login_attempt::record_failure(db, "ada@example.org", address(), at, POLICY).await.unwrap();
        assert_eq!((attempt.failures, attempt.locked_until), (1, None));
    }
}

#[tokio::test]
async fn a_successful_sign_in_forgets_the_failures() {
    let database = testkit::database().await;
    let db = &database.connection;
    for _ in 0..9 {
        login_attempt::record_failure(db, "ada@example.org", address(), noon(), POLICY).await.unwrap();
    }
    login_attempt::clear(db, "ADA@example.org", address()).await.unwrap();
    let next = login_attempt::record_failure(db, "ada@example.org", address(), noon(), POLICY).await.unwrap();
    assert_eq!((next.failures, next.locked_until), (1, None));
}

#[tokio::test]
async fn failures_of_long_ago_go_in_batches_and_those_that_still_count_or_lock_stay() {
    let database = testkit::database().await;
    let db = &database.connection;
    let fail = async |email: &str, at| {
        login_attempt::record_failure(db, email, address(), at, POLICY).await.unwrap();
    };
    let (early, before) = (noon(), noon() + TimeDelta::hours(1));
    for email in ["a@example.org", "b@example.org", "c@example.org"] {
        fail(email, early).await;
    }
    fail("counts@example.org", before).await;
    for _ in 0..10 {
        fail("locked@example.org", before - TimeDelta::minutes(10)).await;
    }
    assert_eq!(login_attempt::delete_before(db, Batch::first(before, 2)).await.unwrap().rows, 2);
    assert_eq!(login_attempt::delete_before(db, Batch::first(before, 2)).await.unwrap().rows, 1);
    let mut left: Vec<_> =
        login_attempt::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.email_lower).collect();
    left.sort();
    assert_eq!(left, ["counts@example.org", "locked@example.org"]);
}
