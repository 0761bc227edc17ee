//! A job run twice has its effect once.

use chrono::{TimeDelta, Utc};
use entity::Batch;
use entity::job_effect::{self as effect, Effect, Run};
use sea_orm::{EntityTrait, PaginatorTrait, TransactionTrait};
use serde_json::json;
use uuid::Uuid;

use crate::race::at_once;

fn run(job_id: Uuid) -> Run<'static> {
    Run { job_id, kind: "send_frame", run_id: "run" }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_runs_at_once_one_stores_its_effects_and_the_others_get_its_result() {
    let database = testkit::database().await;
    let job_id = Uuid::now_v7();
    let effects = at_once(5, |number| {
        let db = database.connection.clone();
        async move {
            let transaction = db.begin().await.unwrap();
            let effect = effect::begin(&transaction, run(job_id), Utc::now()).await.unwrap();
            if effect == Effect::New {
                effect::keep_result(&transaction, job_id, json!({ "run": number })).await.unwrap();
            }
            transaction.commit().await.unwrap();
            effect
        }
    })
    .await;
    let results: Vec<_> = effects
        .iter()
        .filter_map(|effect| if let Effect::Applied(result) = effect { Some(result) } else { None })
        .collect();
    assert_eq!(results.len(), 4);
    assert!(results.iter().all(|result| result.is_some() && *result == results[0]), "{results:?}");
}

#[tokio::test]
async fn a_run_that_rolled_back_leaves_the_effects_to_the_next() {
    let database = testkit::database().await;
    let job_id = Uuid::now_v7();
    for _ in 0..2 {
        let transaction = database.connection.begin().await.unwrap();
        assert_eq!(effect::begin(&transaction, run(job_id), Utc::now()).await.unwrap(), Effect::New);
        transaction.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn old_guards_go_by_kind_and_in_batches() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    for kind in ["send_frame", "send_frame", "send_frame", "odoo_sync"] {
        let transaction = db.begin().await.unwrap();
        let run = Run { kind, ..run(Uuid::now_v7()) };
        effect::begin(&transaction, run, now - TimeDelta::hours(2)).await.unwrap();
        transaction.commit().await.unwrap();
    }
    assert_eq!(
        effect::delete_before(db, "send_frame", Batch::first(now - TimeDelta::hours(3), 10))
            .await
            .unwrap()
            .rows,
        0
    );
    assert_eq!(effect::delete_before(db, "send_frame", Batch::first(now, 2)).await.unwrap().rows, 2);
    assert_eq!(effect::delete_before(db, "send_frame", Batch::first(now, 2)).await.unwrap().rows, 1);
    assert_eq!(effect::Entity::find().count(db).await.unwrap(), 1);
}
