//! Users: who is found, and what deleting one frees.

use chrono::{TimeDelta, Utc};
use entity::user::{self, Filter};
use entity::{Edit, Page};
use sea_orm::ActiveValue::Set;

use crate::sessions::user as make;

#[tokio::test]
async fn an_address_is_found_in_any_case_and_given_once() {
    let database = testkit::database().await;
    let db = &database.connection;
    let ada = make(db, "Ada@example.org").await;
    assert_eq!(user::find_by_email(db, "aDA@EXAMPLE.org").await.unwrap(), Some(ada.clone()));
    let bob = make(db, "bob@example.org").await;
    let taken = user::ActiveModel { email: Set("ADA@example.org".into()), ..Default::default() };
    let error = user::edit(db, bob.id, None, taken).await.unwrap_err();
    assert!(matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))), "{error}");
}

#[tokio::test]
async fn a_deleted_user_is_not_found_and_the_address_is_free_again() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    let ada = make(db, "ada@example.org").await;
    let deleted = user::ActiveModel { deleted_at: Set(Some(now)), ..Default::default() };
    assert!(matches!(user::edit(db, ada.id, Some(1), deleted).await.unwrap(), Edit::Saved(_)));
    assert_eq!(user::find_by_email(db, "ada@example.org").await.unwrap(), None);
    assert_eq!(user::find_living(db, ada.id).await.unwrap(), None);
    assert_ne!(make(db, "ada@example.org").await.id, ada.id);
    let all = user::list(db, &Filter::default(), Page { number: 1, size: 20 }).await.unwrap();
    assert_eq!(all.total, 1);
}

#[tokio::test]
async fn activity_is_written_once_a_minute() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, testkit_now());
    let ada = make(db, "ada@example.org").await;
    for seconds in [0, 30, 59] {
        user::record_activity(db, ada.id, now + TimeDelta::seconds(seconds)).await.unwrap();
    }
    let last_active = async || user::find_living(db, ada.id).await.unwrap().unwrap().last_active;
    assert_eq!(last_active().await, Some(now));
    user::record_activity(db, ada.id, now + TimeDelta::seconds(61)).await.unwrap();
    assert_eq!(last_active().await, Some(now + TimeDelta::seconds(61)));
}

/// A time that PostgreSQL stores without rounding.
fn testkit_now() -> chrono::DateTime<Utc> {
    chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}
