//! Refresh tokens: rotation, reuse and revocation.

use chrono::{DateTime, TimeDelta, Utc};
use entity::user_session::{self as session, RevocationReason, Rotation, Successor};
use entity::{Batch, Secret};
use entity::{role, user};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseConnection, EntityTrait};
use uuid::Uuid;

use crate::race::at_once;

pub async fn user(db: &DatabaseConnection, email: &str) -> user::Model {
    let role = role::ActiveModel { id: Set("ROLE-T".into()), name: Set("Test".into()), ..Default::default() };
    role::Entity::insert(role).on_conflict_do_nothing().exec_without_returning(db).await.unwrap();
    let row = user::ActiveModel {
        email: Set(email.into()),
        name: Set(email.into()),
        hashed_password: Set(Secret::new("hash")),
        role_id: Set("ROLE-T".into()),
        ..Default::default()
    };
    row.insert(db).await.unwrap()
}

async fn sign_in(db: &DatabaseConnection, token: &str, now: DateTime<Utc>) -> session::Model {
    let user = user(db, &format!("{token}@example.org")).await;
    let row = session::ActiveModel {
        user_id: Set(user.id),
        family_id: Set(Uuid::now_v7()),
        refresh_token_hash: Set(Secret::new(token)),
        device_name: Set(Some("Phone".into())),
        issued_at: Set(now),
        expires_at: Set(now + TimeDelta::days(14)),
        ..Default::default()
    };
    row.insert(db).await.unwrap()
}

fn successor(token: &str, now: DateTime<Utc>) -> Successor {
    Successor { refresh_token_hash: Secret::new(token), expires_at: now + TimeDelta::days(14) }
}

#[tokio::test]
async fn a_rotated_token_lives_on_in_its_successor_of_the_same_family_and_device() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    let first = sign_in(db, "first", now).await;
    let rotation = session::rotate(db, &Secret::new("first"), successor("second", now), now).await.unwrap();
    let Rotation::Rotated(second) = rotation else { panic!("{rotation:?}") };
    assert_eq!((second.family_id, second.user_id), (first.family_id, first.user_id));
    assert_eq!(second.device_name.as_deref(), Some("Phone"));
    let living = session::living_of_user(db, first.user_id, now).await.unwrap();
    assert_eq!(living, [second]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_simultaneous_uses_of_a_token_exactly_one_wins_and_the_others_are_reuse() {
    let database = testkit::database().await;
    let now = Utc::now();
    for round in 0..10 {
        let token = format!("token-{round}");
        sign_in(&database.connection, &token, now).await;
        let outcomes = at_once(5, |number| {
            let (db, token) = (database.connection.clone(), token.clone());
            async move {
                let next = successor(&format!("{token}-{number}"), now);
                session::rotate(&db, &Secret::new(token), next, now).await.unwrap()
            }
        })
        .await;
        let won = outcomes.iter().filter(|outcome| matches!(outcome, Rotation::Rotated(_))).count();
        let reused = outcomes.iter().filter(|outcome| matches!(outcome, Rotation::Reused(_))).count();
        assert_eq!((won, reused), (1, 4));
    }
}

#[tokio::test]
async fn revoking_a_family_ends_its_newest_token_and_no_other_family() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    let stolen = sign_in(db, "stolen", now).await;
    let other = sign_in(db, "other", now).await;
    session::rotate(db, &Secret::new("stolen"), successor("next", now), now).await.unwrap();
    assert_eq!(session::revoke_family(db, stolen.family_id, RevocationReason::Reused, now).await.unwrap(), 1);
    assert_eq!(session::living_of_family(db, stolen.family_id, now).await.unwrap(), None);
    assert!(session::living_of_family(db, other.family_id, now).await.unwrap().is_some());
    let again = session::rotate(db, &Secret::new("next"), successor("more", now), now).await.unwrap();
    assert!(matches!(again, Rotation::Reused(_)), "{again:?}");
}

#[tokio::test]
async fn expired_ended_and_unknown_tokens_are_told_apart_from_stolen_ones() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    let session = sign_in(db, "old", now).await;
    let later = now + TimeDelta::days(15);
    let expired = session::rotate(db, &Secret::new("old"), successor("a", later), later).await.unwrap();
    assert!(matches!(expired, Rotation::Ended(_)), "{expired:?}");
    session::revoke_user(db, session.user_id, RevocationReason::PasswordChanged, now).await.unwrap();
    let ended = session::rotate(db, &Secret::new("old"), successor("b", now), now).await.unwrap();
    assert!(matches!(ended, Rotation::Ended(_)), "{ended:?}");
    let unknown = session::rotate(db, &Secret::new("never"), successor("c", now), now).await.unwrap();
    assert_eq!(unknown, Rotation::Unknown);
}

#[tokio::test]
async fn a_spent_token_ends_its_family_for_as_long_as_it_would_have_been_good_whatever_the_clean_up_removes()
{
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    sign_in(db, "first", now).await;
    let later = now + TimeDelta::days(13);
    session::rotate(db, &Secret::new("first"), successor("second", later), later).await.unwrap();
    let at_its_end = now + TimeDelta::days(14);
    assert_eq!(
        session::delete_before(db, Batch::first(at_its_end - TimeDelta::seconds(1), 10)).await.unwrap().rows,
        0
    );
    let again = session::rotate(db, &Secret::new("first"), successor("x", later), later).await.unwrap();
    assert!(matches!(again, Rotation::Reused(_)), "{again:?}");
    assert_eq!(
        session::delete_before(db, Batch::first(at_its_end + TimeDelta::seconds(1), 10)).await.unwrap().rows,
        1
    );
    let next = successor("third", later);
    let next = session::rotate(db, &Secret::new("second"), next, at_its_end).await.unwrap();
    assert!(matches!(next, Rotation::Rotated(_)), "{next:?}");
}

#[tokio::test]
async fn expired_tokens_go_in_batches_and_good_ones_stay() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    for (token, days_ago) in [("a", 20), ("b", 30), ("c", 15), ("good", 13)] {
        sign_in(db, token, now - TimeDelta::days(days_ago)).await;
    }
    assert_eq!(session::delete_before(db, Batch::first(now, 2)).await.unwrap().rows, 2);
    assert_eq!(session::delete_before(db, Batch::first(now, 2)).await.unwrap().rows, 1);
    let left = session::Entity::find().all(db).await.unwrap();
    assert_eq!(left.iter().map(|row| row.refresh_token_hash.expose()).collect::<Vec<_>>(), ["good"]);
}

#[tokio::test]
async fn a_token_hash_is_shown_neither_in_debug_output_nor_in_json() {
    let database = testkit::database().await;
    let session = sign_in(&database.connection, "very-secret", Utc::now()).await;
    assert!(!format!("{:?}", session.refresh_token_hash).contains("very-secret"));
    let json = serde_json::to_value(&session).unwrap();
    assert_eq!(json["refresh_token_hash"], "***");
}
