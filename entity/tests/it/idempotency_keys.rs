//! Answers to calls with an `Idempotency-Key`.

use entity::idempotency_key::{self, Answer};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use crate::race::at_once;

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_calls_with_one_key_one_gives_the_answer() {
    let database = testkit::database().await;
    let id = Uuid::now_v7();
    let kept = at_once(10, |_| {
        let db = database.connection.clone();
        async move {
            let answer = Answer { kind: "k", payload: &json!({}), job_id: Uuid::now_v7() };
            idempotency_key::keep(&db, id, answer).await.unwrap()
        }
    })
    .await;
    assert_eq!(kept.iter().filter(|kept| **kept).count(), 1);
}

#[tokio::test]
async fn an_answer_holds_for_a_day_and_makes_room_for_the_next() {
    let database = testkit::database().await;
    let (db, id, payload) = (&database.connection, Uuid::now_v7(), json!({ "a": 1 }));
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    let answer = |job_id| Answer { kind: "k", payload: &payload, job_id };
    assert!(idempotency_key::keep(db, id, answer(first)).await.unwrap());
    let age =
        |hours: &str| format!("UPDATE idempotency_keys SET answered_at = now() - interval '{hours} hours'");
    db.execute_unprepared(&age("23")).await.unwrap();
    assert!(!idempotency_key::keep(db, id, answer(second)).await.unwrap());
    assert_eq!(idempotency_key::find(db, id).await.unwrap().unwrap().job_id, first);
    db.execute_unprepared(&age("25")).await.unwrap();
    assert_eq!(idempotency_key::find(db, id).await.unwrap(), None);
    assert!(idempotency_key::keep(db, id, answer(second)).await.unwrap());
    assert_eq!(idempotency_key::find(db, id).await.unwrap().unwrap().job_id, second);
}
