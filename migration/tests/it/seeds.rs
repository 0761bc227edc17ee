//! The seeds: what they plant, and that planting again leaves everything as people have made it.

use entity::system_config::Settings;
use entity::{detection_provider_config, role, shift_schedule, system_config, user};
use migration::seed::{ADMIN_EMAIL, Admin, SeedError, plant};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};

const PASSWORD: &str = "a password for tests";

#[tokio::test]
async fn the_administrator_can_sign_in_with_the_password_from_outside() {
    let database = testkit::database().await;
    assert!(plant(&database.connection, Some(PASSWORD.to_owned())).await.unwrap() == Admin::Made);
    let admin =
        user::find_by_email(&database.connection, &ADMIN_EMAIL.to_uppercase()).await.unwrap().unwrap();
    assert_eq!(admin.role_id, "ROLE-ADMIN");
    assert!(admin.hashed_password.expose().starts_with("$2b$12$"));
    assert!(bcrypt::verify(PASSWORD, admin.hashed_password.expose()).unwrap());
}

#[tokio::test]
async fn without_a_password_one_is_made_and_handed_back_once() {
    let database = testkit::database().await;
    let Admin::MadeWithPassword(password) = plant(&database.connection, None).await.unwrap() else {
        panic!("no password was made")
    };
    let admin = user::find_by_email(&database.connection, ADMIN_EMAIL).await.unwrap().unwrap();
    assert!(bcrypt::verify(password, admin.hashed_password.expose()).unwrap());
    assert!(plant(&database.connection, None).await.unwrap() == Admin::Kept);
}

#[tokio::test]
async fn a_short_password_is_refused_and_nothing_is_planted() {
    let database = testkit::database().await;
    let refused = plant(&database.connection, Some("short".to_owned())).await;
    assert!(matches!(refused, Err(SeedError::ShortPassword(12))));
    assert_eq!(role::Entity::find().count(&database.connection).await.unwrap(), 0);
}

#[tokio::test]
async fn planting_again_adds_nothing_and_keeps_what_people_changed() {
    let database = testkit::database().await;
    let db = &database.connection;
    plant(db, Some(PASSWORD.to_owned())).await.unwrap();
    let mut changed = system_config::Entity::find_by_id("attendance.timezone")
        .one(db)
        .await
        .unwrap()
        .unwrap()
        .into_active_model();
    changed.value = Set("Asia/Dhaka".into());
    changed.update(db).await.unwrap();
    shift_schedule::Entity::delete_by_id("SHIFT-NIGHT").exec(db).await.unwrap();

    plant(db, None).await.unwrap();
    assert_eq!(Settings::load(db).await.unwrap().attendance_timezone.name(), "Asia/Dhaka");
    assert_eq!(shift_schedule::all(db).await.unwrap().len(), 1);
    assert_eq!(user::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(role::all(db).await.unwrap().len(), 3);
}

#[tokio::test]
async fn seeded_settings_are_those_that_the_code_assumes() {
    let database = testkit::seeded_database().await;
    let db = &database.connection;
    assert_eq!(Settings::load(db).await.unwrap(), Settings::default());
    assert_eq!(system_config::Entity::find().count(db).await.unwrap(), 18);
    let provider = detection_provider_config::get(db).await.unwrap();
    assert_eq!((provider.endpoint.as_str(), provider.min_confidence), ("http://127.0.0.1:8001", 55.0));
}

#[tokio::test]
async fn one_of_the_seeded_shifts_crosses_midnight() {
    let database = testkit::seeded_database().await;
    let shifts = shift_schedule::all(&database.connection).await.unwrap();
    let crossing = shifts.iter().map(|shift| shift.end_time < shift.start_time).collect::<Vec<_>>();
    assert_eq!(crossing, [false, true]);
}
