//! The recogniser's settings.

use chrono::Utc;
use entity::Edit;
use entity::detection_provider_config::{self as provider, Status};
use sea_orm::ActiveValue::Set;

use crate::race::at_once;

#[tokio::test]
async fn an_edit_raises_the_version_and_answers_leave_it_alone() {
    let database = testkit::seeded_database().await;
    let db = &database.connection;
    let changes = provider::ActiveModel { min_confidence: Set(60.0), ..Default::default() };
    provider::record_answer(db, Utc::now(), 100.0).await.unwrap();
    assert!(matches!(provider::edit(db, Some(1), changes.clone()).await.unwrap(), Edit::Saved(_)));
    assert_eq!(provider::edit(db, Some(1), changes).await.unwrap(), Edit::Stale);
    provider::record_answer(db, Utc::now(), 200.0).await.unwrap();
    let settings = provider::get(db).await.unwrap();
    assert_eq!((settings.min_confidence, settings.version), (60.0, 2));
    assert!((settings.average_latency_ms - 110.0).abs() < 1e-9, "{}", settings.average_latency_ms);
    assert!(settings.last_heartbeat.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_status_is_noticed_by_one_of_many() {
    let database = testkit::seeded_database().await;
    let noticed = at_once(5, |_| {
        let db = database.connection.clone();
        async move { provider::set_status(&db, Status::Connected).await.unwrap() }
    })
    .await;
    assert_eq!(noticed.iter().filter(|noticed| **noticed).count(), 1);
}

#[tokio::test]
async fn a_database_without_seeds_says_so() {
    let database = testkit::database().await;
    let error = provider::get(&database.connection).await.unwrap_err();
    assert!(error.to_string().contains("run the seeds"), "{error}");
}
