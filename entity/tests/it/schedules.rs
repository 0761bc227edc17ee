//! Schedules: each tick belongs to one scheduler.

use chrono::{TimeDelta, Utc};
use entity::{
    job_outbox::{self, Accepted, Outcome},
    schedule::{self, Changes, NewSchedule},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseConnection, TransactionTrait};

use crate::race::at_once;

const SAMPLE: NewSchedule<'static> =
    NewSchedule { name: "sample_cameras", cron: "* * * * * *", timezone: "UTC" };

fn enabled(enabled: bool) -> Changes {
    Changes { enabled: Some(enabled), ..Changes::default() }
}

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
    schedule::change(db, SAMPLE.name, Changes { cron: Some("0 * * * * *".into()), ..enabled(false) })
        .await
        .unwrap();
    schedule::add_missing(db, &[SAMPLE]).await.unwrap();
    assert_eq!((only(db).await.enabled, only(db).await.cron.as_str()), (false, "0 * * * * *"));
}

#[tokio::test]
async fn a_disabled_schedule_does_not_tick_and_enabling_it_starts_from_now() {
    let database = testkit::database().await;
    let db = &database.connection;
    schedule::add_missing(db, &[SAMPLE]).await.unwrap();
    db.execute_unprepared("UPDATE schedules SET last_tick = '2020-01-01'").await.unwrap();
    let off = schedule::change(db, SAMPLE.name, enabled(false)).await.unwrap().unwrap();
    assert!(!schedule::claim_tick(db, SAMPLE.name, Utc::now()).await.unwrap());
    let on = schedule::change(db, SAMPLE.name, enabled(true)).await.unwrap().unwrap();
    assert!(off.last_tick.unwrap() + TimeDelta::days(365) < on.last_tick.unwrap());
    let again = schedule::change(db, SAMPLE.name, enabled(true)).await.unwrap().unwrap();
    assert_eq!(again.last_tick, on.last_tick, "enabling what is enabled skips no tick");
    assert_eq!(schedule::change(db, "unknown", enabled(true)).await.unwrap(), None);
}

#[tokio::test]
async fn the_mark_from_which_ticks_count_is_no_run() {
    let database = testkit::database().await;
    let db = &database.connection;
    schedule::add_missing(db, &[SAMPLE]).await.unwrap();
    schedule::change(db, SAMPLE.name, enabled(false)).await.unwrap();
    schedule::change(db, SAMPLE.name, enabled(true)).await.unwrap();
    let zone = Changes { timezone: Some("Asia/Kolkata".into()), ..Changes::default() };
    let moved = schedule::change(db, SAMPLE.name, zone).await.unwrap().unwrap();
    assert_eq!((moved.last_run_at, moved.timezone.as_str()), (None, "Asia/Kolkata"));
    assert!(schedule::claim_tick(db, SAMPLE.name, Utc::now() + TimeDelta::seconds(1)).await.unwrap());
    let ticked = only(db).await;
    assert!(ticked.last_run_at.is_some());
    schedule::record_run(db, SAMPLE.name).await.unwrap();
    let run = only(db).await;
    assert!(
        run.last_run_at > ticked.last_run_at && run.last_tick == ticked.last_tick,
        "ticks go on as before"
    );
}

#[tokio::test]
async fn a_schedule_shows_what_became_of_the_newest_of_its_jobs_that_ended() {
    let database = testkit::database().await;
    let db = &database.connection;
    schedule::add_missing(db, &[SAMPLE]).await.unwrap();
    schedule::record_outcomes(db).await.unwrap();
    assert_eq!(only(db).await.last_outcome, None);
    for (outcome, ago) in [(Outcome::Done, 10), (Outcome::Dead, 5), (Outcome::Cancelled, 7)] {
        let row = job_outbox::ActiveModel {
            queue: Set("system".to_owned()),
            kind: Set(SAMPLE.name.to_owned()),
            payload: Set(serde_json::json!({})),
            options: Set(serde_json::json!({})),
            request_id: Set(uuid::Uuid::nil()),
            ..Default::default()
        };
        let Accepted::New(id) = job_outbox::accept(db, row).await.unwrap() else { panic!("it is new") };
        let ended = Utc::now() - TimeDelta::seconds(ago);
        job_outbox::mark_finished(db, vec![id], outcome, ended).await.unwrap();
    }
    schedule::record_outcomes(db).await.unwrap();
    assert_eq!(only(db).await.last_outcome.as_deref(), Some("dead"));
}
