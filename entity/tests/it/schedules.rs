//! Schedules: each tick belongs to one scheduler.

use chrono::{TimeDelta, Utc};
use entity::schedule::{self, NewSchedule};
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait};

use crate::race::at_once;

const SAMPLE: NewSchedule<'static> =
    NewSchedule { name: "sample_cameras", cron: "* * * * * *", timezone: "UTC" };

async fn only(db: &DatabaseConnection) -> schedule::Model {
    schedule::all(db).await.unwrap().remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_that_ten_schedulers_claim_has_one_winner() {
    let database = testkit::database().await;
    schedule::add_missing(&database.connection, &[SAMPLE]).await.unwrap();
    let start = schedule::clock(&database.connection).await.unwrap();
    for number in 1..=10 {
        let tick = start + TimeDelta::seconds(number);
        let claims = at_once(10, |_| {
            let db = database.connection.clone();
            async move { schedule::claim_tick(&db, SAMPLE.name, tick).await.unwrap() }
        })
        .await;
        assert_eq!(claims.iter().filter(|won| **won).count(), 1);
    }
}

#[tokio::test]
async fn a_claim_that_is_rolled_back_can_be_made_again() {
    let database = testkit::database().await;
    let db = &database.connection;
    schedule::add_missing(db, &[SAMPLE]).await.unwrap();
    let tick = schedule::clock(db).await.unwrap() + TimeDelta::seconds(1);
    let crashed = db.begin().await.unwrap();
    assert!(schedule::claim_tick(&crashed, SAMPLE.name, tick).await.unwrap());
    crashed.rollback().await.unwrap();
    assert!(schedule::claim_tick(db, SAMPLE.name, tick).await.unwrap());
    assert!(!schedule::claim_tick(db, SAMPLE.name, tick).await.unwrap());
}

#[tokio::test]
async fn adding_the_list_again_keeps_what_people_have_set() {
    let database = testkit::database().await;
    let db = &database.connection;
    schedule::add_missing(db, &[SAMPLE]).await.unwrap();
    assert!(only(db).await.last_tick.is_some(), "a new schedule makes up for no tick before it");
    schedule::change(db, SAMPLE.name, Some(false), Some("0 * * * * *".into())).await.unwrap();
    schedule::add_missing(db, &[SAMPLE]).await.unwrap();
    assert_eq!((only(db).await.enabled, only(db).await.cron.as_str()), (false, "0 * * * * *"));
}

#[tokio::test]
async fn a_disabled_schedule_does_not_tick_and_enabling_it_starts_from_now() {
    let database = testkit::database().await;
    let db = &database.connection;
    schedule::add_missing(db, &[SAMPLE]).await.unwrap();
    db.execute_unprepared("UPDATE schedules SET last_tick = '2020-01-01'").await.unwrap();
    let off = schedule::change(db, SAMPLE.name, Some(false), None).await.unwrap().unwrap();
    assert!(!schedule::claim_tick(db, SAMPLE.name, Utc::now()).await.unwrap());
    let on = schedule::change(db, SAMPLE.name, Some(true), None).await.unwrap().unwrap();
    assert!(off.last_tick.unwrap() + TimeDelta::days(365) < on.last_tick.unwrap());
    let again = schedule::change(db, SAMPLE.name, Some(true), None).await.unwrap().unwrap();
    assert_eq!(again.last_tick, on.last_tick, "enabling what is enabled skips no tick");
    assert_eq!(schedule::change(db, "unknown", Some(true), None).await.unwrap(), None);
}
