//! The outbox: unique keys, sweeping and retention.

use chrono::{TimeDelta, Utc};
use entity::Batch;
use entity::job_outbox::{self as outbox, Accepted, Backlog, Outcome, Position};
use sea_orm::{ActiveValue::Set, DatabaseConnection, EntityTrait, PaginatorTrait, TransactionTrait};
use serde_json::json;
use uuid::Uuid;

use crate::race::at_once;

fn job(unique_key: Option<&str>) -> outbox::ActiveModel {
    outbox::ActiveModel {
        id: Set(Uuid::now_v7()),
        queue: Set("capture".into()),
        kind: Set("send_frame".into()),
        payload: Set(json!({ "cameraId": "CAM-01" })),
        request_id: Set(Uuid::now_v7()),
        unique_key: Set(unique_key.map(str::to_owned)),
        ..Default::default()
    }
}

async fn accept(db: &DatabaseConnection, row: outbox::ActiveModel) -> Accepted {
    outbox::accept(db, row).await.unwrap()
}

fn new_id(accepted: &Accepted) -> Uuid {
    match accepted {
        Accepted::New(id) => *id,
        Accepted::Duplicate(id) => panic!("a duplicate of {id}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_jobs_with_one_key_accepted_at_once_one_is_new_and_stands_in_for_the_others() {
    let database = testkit::database().await;
    let accepted = at_once(5, |_| {
        let db = database.connection.clone();
        async move {
            let transaction = db.begin().await.unwrap();
            let accepted = outbox::accept(&transaction, job(Some("CAM-01"))).await.unwrap();
            transaction.commit().await.unwrap();
            accepted
        }
    })
    .await;
    let new: Vec<Uuid> = accepted
        .iter()
        .filter_map(|one| if let Accepted::New(id) = one { Some(*id) } else { None })
        .collect();
    assert_eq!(new.len(), 1);
    let duplicates = accepted.iter().filter(|one| **one == Accepted::Duplicate(new[0])).count();
    assert_eq!(duplicates, 4);
}

#[tokio::test]
async fn a_key_is_free_again_when_its_job_is_finished() {
    let database = testkit::database().await;
    let db = &database.connection;
    let first = new_id(&accept(db, job(Some("key"))).await);
    let other_kind = outbox::ActiveModel { kind: Set("odoo_sync".into()), ..job(Some("key")) };
    new_id(&accept(db, other_kind).await);
    assert_eq!(outbox::mark_finished(db, vec![first], Outcome::Done, Utc::now()).await.unwrap(), 1);
    assert_ne!(new_id(&accept(db, job(Some("key"))).await), first);
}

#[tokio::test]
async fn a_key_with_a_window_is_held_until_the_window_ends_finished_or_not() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    let held =
        outbox::ActiveModel { unique_until: Set(Some(now + TimeDelta::hours(1))), ..job(Some("long")) };
    let held = new_id(&accept(db, held).await);
    outbox::mark_finished(db, vec![held], Outcome::Done, now).await.unwrap();
    assert_eq!(accept(db, job(Some("long"))).await, Accepted::Duplicate(held));
    assert_eq!(
        outbox::delete_finished(db, Batch::first(now + TimeDelta::hours(1), 10)).await.unwrap().rows,
        0
    );
    let passed =
        outbox::ActiveModel { unique_until: Set(Some(now - TimeDelta::seconds(1))), ..job(Some("short")) };
    let passed = new_id(&accept(db, passed).await);
    assert_ne!(new_id(&accept(db, job(Some("short"))).await), passed);
}

#[tokio::test]
async fn accepting_the_same_id_again_changes_nothing() {
    let database = testkit::database().await;
    let db = &database.connection;
    let row = job(None);
    let first = new_id(&accept(db, row.clone()).await);
    assert_eq!(accept(db, row).await, Accepted::Duplicate(first));
    assert_eq!(outbox::Entity::find().count(db).await.unwrap(), 1);
}

#[tokio::test]
async fn sweepers_at_work_together_claim_different_rows_and_only_old_unfinished_ones() {
    let database = testkit::database().await;
    let db = &database.connection;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(new_id(&accept(db, job(None)).await));
    }
    outbox::mark_finished(db, vec![ids.remove(0)], Outcome::Dead, Utc::now()).await.unwrap();
    let claim = async |sweeper: &sea_orm::DatabaseTransaction, age| {
        let rows = outbox::claim_unfinished(sweeper, age, Position::START, 2).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let (one, other) = (db.begin().await.unwrap(), db.begin().await.unwrap());
    assert_eq!(claim(&one, TimeDelta::seconds(5)).await, Vec::<Uuid>::new());
    let mut claimed = claim(&one, TimeDelta::zero()).await;
    claimed.extend(claim(&other, TimeDelta::zero()).await);
    assert_eq!(claimed, ids);
}

#[tokio::test]
async fn batches_go_on_behind_jobs_that_run_for_long() {
    let database = testkit::database().await;
    let db = &database.connection;
    for _ in 0..3 {
        accept(db, job(None)).await;
    }
    let mut position = Position::START;
    let mut seen = Vec::new();
    loop {
        let sweeper = db.begin().await.unwrap();
        let rows = outbox::claim_unfinished(&sweeper, TimeDelta::zero(), position, 2).await.unwrap();
        sweeper.rollback().await.unwrap();
        let Some(last) = rows.last() else { break };
        position = Position::from(last);
        seen.extend(rows.into_iter().map(|row| row.id));
    }
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn the_first_outcome_of_a_job_stays() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    let id = new_id(&accept(db, job(None)).await);
    assert_eq!(outbox::mark_pushed(db, [id], now).await.unwrap(), 1);
    assert_eq!(outbox::mark_finished(db, vec![id], Outcome::Cancelled, now).await.unwrap(), 1);
    assert_eq!(outbox::mark_finished(db, vec![id], Outcome::Done, now).await.unwrap(), 0);
    let row = outbox::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
    assert_eq!((row.outcome, row.pushed_at.is_some()), (Some(Outcome::Cancelled), true));
    assert_eq!(
        outbox::delete_finished(db, Batch::first(now + TimeDelta::seconds(1), 10)).await.unwrap().rows,
        1
    );
}

#[tokio::test]
async fn the_backlog_counts_what_has_not_ended_by_age() {
    let database = testkit::database().await;
    let db = &database.connection;
    assert_eq!(outbox::backlog(db).await.unwrap(), Backlog::default());
    for seconds in [30, 90, 1_000, 4_000, 5_000] {
        let created_at = Set(Utc::now() - TimeDelta::seconds(seconds));
        accept(db, outbox::ActiveModel { created_at, ..job(None) }).await;
    }
    let old = Set(Utc::now() - TimeDelta::days(1));
    let ended = new_id(&accept(db, outbox::ActiveModel { created_at: old, ..job(None) }).await);
    outbox::mark_finished(db, vec![ended], Outcome::Done, Utc::now()).await.unwrap();

    let Backlog { up_to_minute, up_to_ten_minutes, up_to_hour, older, oldest_seconds } =
        outbox::backlog(db).await.unwrap();
    assert_eq!((up_to_minute, up_to_ten_minutes, up_to_hour, older), (1, 1, 1, 2));
    assert!((5_000.0..5_060.0).contains(&oldest_seconds), "{oldest_seconds}");
}
