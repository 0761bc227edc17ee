//! Ticks: one job each, however many schedulers there are, and in time.

use std::time::Duration;

use chrono::{TimeDelta, Timelike as _};
use entity::schedule::{self, Changes};
use jobs::catalogue::{Entry, every};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ConnectionTrait as _, DbBackend, EntityTrait as _, FromQueryResult, QuerySelect as _, Statement,
    TransactionTrait as _,
};
use testkit::eventually;
use tokio::time::sleep;

use crate::setting::{BELL, Bell, CHIME, Chime, Setting};

const EVERY_SECOND: &[Entry] = &[every::<Chime>("* * * * * *")];
const BOTH_EVERY_SECOND: &[Entry] = &[every::<Bell>("* * * * * *"), every::<Chime>("* * * * * *")];
const AT_NEW_YEAR: &[Entry] = &[every::<Chime>("0 0 1 1 *")];

fn cron(cron: &str) -> Changes {
    Changes { cron: Some(cron.to_owned()), ..Changes::default() }
}

fn enabled(enabled: bool) -> Changes {
    Changes { enabled: Some(enabled), ..Changes::default() }
}

/// Notes every claim of a tick: the tick, and how late the claiming transaction began.
const NOTE_CLAIMS: &str = "
CREATE TABLE claims (tick timestamptz NOT NULL, late double precision NOT NULL);
CREATE FUNCTION note_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO claims VALUES (NEW.last_tick, extract(epoch FROM now() - NEW.last_tick));
    RETURN NEW;
END $$;
CREATE TRIGGER note_claim AFTER UPDATE OF last_tick ON schedules FOR EACH ROW EXECUTE FUNCTION note_claim();";

#[derive(FromQueryResult)]
struct Claims {
    claimed: i64,
    ticks: i64,
    latest: f64,
}

#[tokio::test]
async fn ten_schedulers_make_exactly_one_job_a_tick_less_than_a_second_late() {
    let setting = Setting::new().await;
    setting.db().execute_unprepared(NOTE_CLAIMS).await.unwrap();
    let mut tickers = Vec::new();
    for _ in 0..10 {
        tickers.push(setting.start_ticker(EVERY_SECOND).await);
    }
    sleep(Duration::from_secs(5)).await;
    setting.stop(tickers).await;

    let counted =
        "SELECT count(*) AS claimed, count(DISTINCT tick) AS ticks, max(late) AS latest FROM claims";
    let counted = Statement::from_string(DbBackend::Postgres, counted);
    let claims = Claims::find_by_statement(counted).one(setting.db()).await.unwrap().unwrap();
    let accepted = setting.accepted(CHIME).await.len();
    assert_eq!((claims.claimed, accepted as i64), (claims.ticks, claims.ticks));
    assert!(claims.ticks >= 4, "{} ticks in five seconds", claims.ticks);
    assert!(claims.latest < 1.0, "{} s late", claims.latest);
}

#[tokio::test]
async fn a_job_whose_ticks_were_missed_runs_once() {
    let setting = Setting::new().await;
    let now = setting.now().await;
    let hourly = format!("{} * * * *", (now - TimeDelta::minutes(5)).minute());
    setting.add_schedule(CHIME, &hourly, true, now - TimeDelta::days(30)).await;
    let ticker = setting.start_ticker(AT_NEW_YEAR).await;
    sleep(Duration::from_secs(3)).await;
    setting.stop(vec![ticker]).await;
    assert_eq!(setting.accepted(CHIME).await.len(), 1);
    let latest = setting.schedule(CHIME).await.last_tick.unwrap();
    assert!(now - latest < TimeDelta::minutes(7), "the latest missed tick counts, not the first");
}

#[tokio::test]
async fn a_new_schedule_makes_up_for_no_tick_before_it_was_added() {
    let setting = Setting::new().await;
    let ticker = setting.start_ticker(AT_NEW_YEAR).await;
    sleep(Duration::from_secs(2)).await;
    setting.stop(vec![ticker]).await;
    assert!(setting.schedule(CHIME).await.last_tick.is_some());
    assert!(setting.accepted(CHIME).await.is_empty());
}

#[tokio::test]
async fn a_changed_cron_takes_effect_within_five_seconds() {
    let setting = Setting::new().await;
    let ticker = setting.start_ticker(AT_NEW_YEAR).await;
    eventually(Duration::from_secs(5), "the schedule is seeded", async || {
        schedule::Entity::find().one(setting.db()).await.unwrap()
    })
    .await;
    schedule::change(setting.db(), CHIME, cron("* * * * * *")).await.unwrap();
    eventually(Duration::from_secs(5), "the new cron ticks", async || setting.accepted(CHIME).await.pop())
        .await;
    setting.stop(vec![ticker]).await;
}

#[tokio::test]
async fn a_cron_that_people_have_set_survives_a_restart() {
    let setting = Setting::new().await;
    setting.add_schedule(CHIME, "0 0 29 2 *", true, setting.now().await).await;
    let ticker = setting.start_ticker(EVERY_SECOND).await;
    sleep(Duration::from_secs(2)).await;
    setting.stop(vec![ticker]).await;
    assert_eq!(setting.schedule(CHIME).await.cron, "0 0 29 2 *");
    assert!(setting.accepted(CHIME).await.is_empty());
}

#[tokio::test]
async fn a_disabled_schedule_makes_no_job_until_it_is_enabled_and_none_for_the_time_between() {
    let setting = Setting::new().await;
    let long_ago = setting.now().await - TimeDelta::days(1);
    setting.add_schedule(CHIME, "* * * * * *", false, long_ago).await;
    let ticker = setting.start_ticker(EVERY_SECOND).await;
    sleep(Duration::from_secs(2)).await;
    assert!(setting.accepted(CHIME).await.is_empty());
    let enabled_at = setting.now().await;
    schedule::change(setting.db(), CHIME, enabled(true)).await.unwrap();
    eventually(Duration::from_secs(5), "it ticks again", async || setting.accepted(CHIME).await.pop()).await;
    setting.stop(vec![ticker]).await;
    assert!(setting.accepted(CHIME).await[0].created_at > enabled_at);
}

#[tokio::test]
async fn a_schedule_that_cannot_be_read_does_not_keep_the_others_from_ticking() {
    let setting = Setting::new().await;
    setting.add_schedule(BELL, "every now and then", true, setting.now().await).await;
    let ticker = setting.start_ticker(BOTH_EVERY_SECOND).await;
    eventually(Duration::from_secs(5), "the other ticks", async || setting.accepted(CHIME).await.pop()).await;
    setting.stop(vec![ticker]).await;
    assert!(setting.accepted(BELL).await.is_empty());
}

#[tokio::test]
async fn a_schedule_held_by_a_frozen_scheduler_delays_no_other_and_is_taken_over() {
    let setting = Setting::new().await;
    setting.add_schedule(BELL, "* * * * * *", true, setting.now().await).await;
    let frozen = setting.db().begin().await.unwrap();
    let held =
        schedule::Entity::find_by_id(BELL.to_owned()).lock(LockType::Update).one(&frozen).await.unwrap();
    assert!(held.is_some());

    let ticker = setting.start_ticker(BOTH_EVERY_SECOND).await;
    eventually(Duration::from_secs(6), "the other schedule ticks three times", async || {
        (setting.accepted(CHIME).await.len() >= 3).then_some(())
    })
    .await;
    assert!(setting.accepted(BELL).await.is_empty());
    frozen.rollback().await.unwrap();
    eventually(Duration::from_secs(2), "the held schedule ticks", async || {
        setting.accepted(BELL).await.pop()
    })
    .await;
    setting.stop(vec![ticker]).await;
}
