//! Many real schedulers, of which some are killed and some stand still.

use std::time::Duration;

use chrono::{DateTime, Timelike as _, Utc};
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait as _, DbBackend, FromQueryResult, Statement, TransactionTrait as _};
use testkit::eventually;
use tokio::time::sleep;

use crate::process::start;
use crate::setting::Setting;

const TICKS: &str = "sample_cameras";

/// Notes every claim of the schedule that ticks each second, and how late the claiming transaction began.
const NOTE_CLAIMS: &str = "
CREATE TABLE claims (tick timestamptz NOT NULL, late double precision NOT NULL);
CREATE FUNCTION note_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO claims VALUES (NEW.last_tick, extract(epoch FROM now() - NEW.last_tick));
    RETURN NEW;
END $$;
CREATE TRIGGER note_claim AFTER UPDATE OF last_tick ON schedules
FOR EACH ROW WHEN (NEW.name = 'sample_cameras') EXECUTE FUNCTION note_claim();";

/// Of the ticks after a time: claims, ticks that were claimed, the longest time between two of them, and how late the latest was.
const COUNT: &str = "
SELECT count(*) AS claims, count(DISTINCT tick) AS ticks, max(gap) AS longest, max(late) AS latest
FROM (SELECT tick, late, extract(epoch FROM tick - lag(tick) OVER (ORDER BY tick))::float8 AS gap FROM claims) AS each
WHERE tick > $1";

#[derive(FromQueryResult)]
struct Count {
    claims: i64,
    ticks: i64,
    longest: f64,
    latest: f64,
}

async fn count(setting: &Setting, after: DateTime<Utc>) -> Count {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, COUNT, [after.into()]);
    Count::find_by_statement(statement).one(setting.db()).await.unwrap().unwrap()
}

/// Fails unless every tick was claimed once and has one job.
async fn each_tick_has_one_job(setting: &Setting) -> Count {
    let made = count(setting, DateTime::UNIX_EPOCH).await;
    let jobs = setting.accepted(TICKS).await.len();
    assert_eq!((made.claims, i64::try_from(jobs).unwrap()), (made.ticks, made.ticks), "one job a tick");
    made
}

/// Waits for the middle of a second, when nobody claims a tick.
async fn between_two_ticks(setting: &Setting) -> DateTime<Utc> {
    let now = setting.now().await;
    sleep(Duration::from_nanos(u64::from((1_500_000_000 - now.nanosecond()) % 1_000_000_000))).await;
    now
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_schedulers_one_is_killed_and_two_freeze_and_every_second_has_its_job_within_a_second() {
    let setting = Setting::new().await;
    setting.db().execute_unprepared(NOTE_CLAIMS).await.unwrap();
    let mut replicas: Vec<_> = join_all((0..10).map(|_| start(&setting))).await;
    sleep(Duration::from_secs(2)).await;
    let struck = between_two_ticks(&setting).await;
    replicas[0].0.kill();
    replicas[1..3].iter().for_each(|(process, _)| process.freeze());
    sleep(Duration::from_secs(5)).await;
    replicas[1..3].iter().for_each(|(process, _)| process.thaw());
    sleep(Duration::from_secs(3)).await;
    join_all(replicas[1..].iter_mut().map(|(process, _)| process.terminate())).await;

    each_tick_has_one_job(&setting).await;
    let since = count(&setting, struck).await;
    assert!(since.ticks >= 8 && since.longest <= 1.0, "{} ticks, {} s apart", since.ticks, since.longest);
    assert!(since.latest < 1.0, "{} s late", since.latest);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_schedulers_of_which_some_are_killed_and_some_stand_still_make_exactly_one_job_a_tick() {
    let setting = Setting::new().await;
    setting.db().execute_unprepared(NOTE_CLAIMS).await.unwrap();
    let mut replicas: Vec<_> = join_all((0..10).map(|_| start(&setting))).await;
    for round in 0..12 {
        let (killed, frozen) = (round % 10, (round + 3) % 10);
        replicas[frozen].0.freeze();
        replicas[killed].0.kill();
        sleep(Duration::from_millis(700)).await;
        replicas[frozen].0.thaw();
        replicas[killed] = start(&setting).await;
    }
    join_all(replicas.iter_mut().map(|(process, _)| process.terminate())).await;

    let made = each_tick_has_one_job(&setting).await;
    assert!(made.ticks >= 10 && made.longest <= 15.0, "{} ticks, {} s without one", made.ticks, made.longest);
}

/// Its claim is stopped where the job is put into the outbox; by then it has locked the schedule's row.
#[tokio::test(flavor = "multi_thread")]
async fn a_scheduler_that_freezes_in_the_middle_of_a_claim_is_relieved_within_fifteen_seconds() {
    let setting = Setting::new().await;
    let (frozen, _) = start(&setting).await;
    let barrier = setting.db().begin().await.unwrap();
    barrier.execute_unprepared("LOCK TABLE job_outbox IN SHARE MODE").await.unwrap();
    eventually(Duration::from_secs(10), "a claim waits at the outbox", async || {
        waiting_claims(&setting).await
    })
    .await;
    frozen.freeze();
    barrier.rollback().await.unwrap();

    let frozen_at = setting.now().await;
    let (_other, _) = start(&setting).await;
    eventually(Duration::from_secs(15), "the other has taken over", async || {
        setting.accepted(TICKS).await.pop().filter(|newest| newest.created_at > frozen_at)
    })
    .await;
}

async fn waiting_claims(setting: &Setting) -> Option<()> {
    let waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
                   AND wait_event_type = 'Lock' AND query LIKE '%INTO \"job_outbox\"%'";
    let statement = Statement::from_string(DbBackend::Postgres, waiting);
    setting.db().query_one_raw(statement).await.unwrap().map(drop)
}
