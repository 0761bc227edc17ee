//! Alerts: one open per trouble, and spacing.

use chrono::{DateTime, TimeDelta, Utc};
use entity::Page;
use entity::alert::{self, Filter, Level};
use sea_orm::ActiveValue::Set;

use crate::race::at_once;

const KEY: &str = "camera_offline:CAM-01";

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn offline(at: DateTime<Utc>) -> alert::ActiveModel {
    alert::ActiveModel {
        title: Set("Camera offline".into()),
        level: Set(Level::High),
        kind: Set("camera_offline".into()),
        dedup_key: Set(Some(KEY.into())),
        timestamp: Set(at),
        ..alert::ActiveModel::keyed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_notice_a_trouble_one_alert_is_open() {
    let database = testkit::database().await;
    let db = &database.connection;
    let raised = at_once(10, |_| {
        let db = database.connection.clone();
        async move { alert::raise(&db, offline(noon())).await.unwrap() }
    })
    .await;
    assert_eq!(raised.iter().flatten().count(), 1);
    assert!(alert::resolve(db, KEY, noon()).await.unwrap().is_some());
    assert_eq!(alert::resolve(db, KEY, noon()).await.unwrap(), None);
    assert!(alert::raise(db, offline(noon())).await.unwrap().is_some());
}

#[tokio::test]
async fn alerts_without_a_key_are_never_merged() {
    let database = testkit::database().await;
    for _ in 0..2 {
        let row = alert::ActiveModel { dedup_key: Set(None), ..offline(noon()) };
        assert!(alert::raise(&database.connection, row).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spaced_alerts_come_at_most_once_in_their_spacing() {
    let database = testkit::database().await;
    let spacing = TimeDelta::seconds(300);
    let raised_at = async |seconds: i64| {
        let now = noon() + TimeDelta::seconds(seconds);
        let raised = at_once(5, |_| {
            let db = database.connection.clone();
            async move { alert::raise_spaced(&db, KEY, spacing, now, offline(now)).await.unwrap() }
        });
        raised.await.into_iter().flatten().count()
    };
    assert_eq!(
        [raised_at(0).await, raised_at(299).await, raised_at(300).await, raised_at(301).await],
        [1, 0, 1, 0]
    );
    alert::resolve(&database.connection, KEY, noon()).await.unwrap();
    assert_eq!(raised_at(302).await, 0, "a resolved alert still counts for the spacing");
}

#[tokio::test]
async fn muted_alerts_are_told_apart_by_the_time_asked() {
    let database = testkit::database().await;
    let db = &database.connection;
    let muted =
        alert::ActiveModel { muted_until: Set(Some(noon() + TimeDelta::minutes(5))), ..offline(noon()) };
    alert::raise(db, muted).await.unwrap();
    let total = async |muted, minutes| {
        let filter = Filter { muted: Some(muted), ..Filter::default() };
        let now = noon() + TimeDelta::minutes(minutes);
        alert::list(db, &filter, now, Page { number: 1, size: 20 }).await.unwrap().total
    };
    assert_eq!((total(true, 0).await, total(false, 0).await), (1, 0));
    assert_eq!((total(true, 5).await, total(false, 5).await), (0, 1));
}
