//! Cameras: ids, edits, lists and counters.

use chrono::{DateTime, NaiveDate, Utc};
use entity::camera::{self, Filter, Status, StreamType};
use entity::{Edit, Page, Secret, camera_summary};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbErr};

use crate::race::at_once;

const FIRST_PAGE: Page = Page { number: 1, size: 50 };

fn named(name: &str) -> camera::ActiveModel {
    camera::ActiveModel {
        name: Set(name.into()),
        location: Set("Hall".into()),
        stream_type: Set(StreamType::Rtsp),
        stream_url: Set(Secret::new("sealed")),
        ..Default::default()
    }
}

pub async fn insert(db: &DatabaseConnection, name: &str) -> camera::Model {
    camera::insert_with_next_id(db, named(name)).await.unwrap()
}

async fn names(db: &DatabaseConnection, filter: Filter) -> Vec<String> {
    let list = camera::list(db, &filter, FIRST_PAGE).await.unwrap();
    assert_eq!(list.total, list.rows.len() as u64);
    list.rows.into_iter().map(|camera| camera.name).collect()
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn cameras_added_at_once_get_ids_of_their_own_without_gaps() {
    let database = testkit::database().await;
    let mut ids = at_once(12, |number| {
        let db = database.connection.clone();
        async move { insert(&db, &format!("Camera {number}")).await.id }
    })
    .await;
    ids.sort();
    assert_eq!(ids, (1..=12).map(|number| format!("CAM-{number:02}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_id_of_a_deleted_camera_is_never_used_again() {
    let database = testkit::database().await;
    let db = &database.connection;
    let first = insert(db, "First").await;
    assert!(matches!(camera::soft_delete(db, &first.id, Utc::now()).await.unwrap(), Edit::Saved(_)));
    assert_eq!(insert(db, "Second").await.id, "CAM-02");
    let again = camera::ActiveModel { id: Set(first.id.clone()), ..named("Again") };
    assert_eq!(camera::insert(db, again).await.unwrap(), None);
    // Even a row that somebody removed for good leaves its number used up.
    db.execute_unprepared("DELETE FROM cameras").await.unwrap();
    assert_eq!(insert(db, "Third").await.id, "CAM-03");
}

#[tokio::test]
async fn ids_that_people_chose_are_stepped_over() {
    let database = testkit::database().await;
    let db = &database.connection;
    let chosen = camera::ActiveModel { id: Set("CAM-01".into()), ..named("Chosen") };
    assert!(camera::insert(db, chosen).await.unwrap().is_some());
    assert_eq!(insert(db, "Next").await.id, "CAM-02");
}

#[tokio::test]
async fn a_deleted_camera_is_hidden_everywhere() {
    let database = testkit::database().await;
    let db = &database.connection;
    let camera = insert(db, "Gone").await;
    camera::soft_delete(db, &camera.id, Utc::now()).await.unwrap();
    assert_eq!(camera::find_living(db, &camera.id).await.unwrap(), None);
    assert_eq!(names(db, Filter::default()).await, Vec::<String>::new());
    assert!(camera::enabled(db).await.unwrap().is_empty());
    assert_eq!(camera::set_status(db, &camera.id, Status::Online).await.unwrap(), None);
    assert_eq!(camera::soft_delete(db, &camera.id, Utc::now()).await.unwrap(), Edit::Missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_edits_of_one_version_one_is_saved_and_the_other_is_stale() {
    let database = testkit::database().await;
    let camera = insert(&database.connection, "Door").await;
    let outcomes = at_once(5, |number| {
        let (db, id) = (database.connection.clone(), camera.id.clone());
        let changes = camera::ActiveModel { name: Set(format!("Edit {number}")), ..Default::default() };
        async move { camera::edit(&db, &id, Some(1), changes).await.unwrap() }
    })
    .await;
    let saved = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Edit::Saved(camera) if camera.version == 2))
        .count();
    let stale = outcomes.iter().filter(|outcome| **outcome == Edit::Stale).count();
    assert_eq!((saved, stale), (1, 4));
}

#[tokio::test]
async fn filters_narrow_the_list_and_its_total() {
    let database = testkit::database().await;
    let db = &database.connection;
    insert(db, "One").await;
    let usb = camera::ActiveModel { stream_type: Set(StreamType::Usb), enabled: Set(false), ..named("Two") };
    camera::insert_with_next_id(db, usb).await.unwrap();
    let online = camera::ActiveModel { status: Set(Status::Online), ..named("Three") };
    camera::insert_with_next_id(db, online).await.unwrap();

    assert_eq!(names(db, Filter { status: Some(Status::Online), ..Filter::default() }).await, ["Three"]);
    assert_eq!(names(db, Filter { stream_type: Some(StreamType::Usb), ..Filter::default() }).await, ["Two"]);
    assert_eq!(names(db, Filter { enabled: Some(true), ..Filter::default() }).await, ["One", "Three"]);
    let page = camera::list(db, &Filter::default(), Page { number: 1, size: 2 }).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (2, 3));
    let beyond = camera::list(db, &Filter::default(), Page { number: u64::MAX, size: 200 }).await.unwrap();
    assert_eq!((beyond.rows.len(), beyond.total), (0, 3));
}

#[tokio::test]
async fn search_takes_wildcards_literally_and_ignores_case_in_every_script() {
    let database = testkit::database().await;
    let db = &database.connection;
    for name in ["100% Ä_door", "1000 Äxdoor", r"back\slash", "ΣΤΟΑ"] {
        insert(db, name).await;
    }
    let search =
        async |needle: &str| names(db, Filter { search: Some(needle.into()), ..Filter::default() }).await;
    assert_eq!(search("0% ä").await, ["100% Ä_door"]);
    assert_eq!(search("Ä_DOOR").await, ["100% Ä_door"]);
    assert_eq!(search("K\\s").await, [r"back\slash"]);
    assert_eq!(search("στο").await, ["ΣΤΟΑ"]);
    assert_eq!(search("cam-0").await.len(), 4);
    assert_eq!(search("'; DROP TABLE cameras; --").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_hundredth_camera_stands_behind_the_ninety_ninth() {
    let database = testkit::database().await;
    let db = &database.connection;
    db.execute_unprepared("INSERT INTO id_counters (scope, last) VALUES ('CAM', 98)").await.unwrap();
    insert(db, "Ninety-nine").await;
    insert(db, "A hundred").await;
    assert_eq!(names(db, Filter::default()).await, ["Ninety-nine", "A hundred"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_brings_a_camera_online_for_exactly_one_of_those_who_saw_it() {
    let database = testkit::database().await;
    let camera = insert(&database.connection, "Door").await;
    let changes = at_once(5, |_| {
        let (db, id) = (database.connection.clone(), camera.id.clone());
        async move { camera::record_frame(&db, &id, noon(), None).await.unwrap() }
    })
    .await;
    assert_eq!(changes.iter().flatten().count(), 1);
    let seen = camera::find_living(&database.connection, &camera.id).await.unwrap().unwrap();
    assert_eq!((seen.status, seen.last_seen, seen.version), (Status::Online, Some(noon()), 1));
}

#[tokio::test]
async fn a_camera_in_maintenance_keeps_its_status() {
    let database = testkit::database().await;
    let db = &database.connection;
    let working = camera::ActiveModel { status: Set(Status::Maintenance), ..named("Door") };
    let camera = camera::insert_with_next_id(db, working).await.unwrap();
    assert_eq!(camera::record_frame(db, &camera.id, noon(), Some("key".into())).await.unwrap(), None);
    let seen = camera::find_living(db, &camera.id).await.unwrap().unwrap();
    assert_eq!((seen.status, seen.thumbnail_key.as_deref()), (Status::Maintenance, Some("key")));
}

#[tokio::test]
async fn only_enabled_cameras_with_an_interval_take_frames_by_themselves() {
    let database = testkit::database().await;
    let db = &database.connection;
    insert(db, "On demand").await;
    for (interval, enabled) in [(2, true), (2, false)] {
        let row = camera::ActiveModel {
            capture_interval_seconds: Set(Some(interval)),
            enabled: Set(enabled),
            ..named("Automatic")
        };
        camera::insert_with_next_id(db, row).await.unwrap();
    }
    assert_eq!(camera::capturing(db).await.unwrap(), [("CAM-02".to_owned(), 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_of_a_day_lose_nothing_when_raised_at_once() {
    let database = testkit::database().await;
    let camera = insert(&database.connection, "Door").await;
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    at_once(20, |number| {
        let (db, id) = (database.connection.clone(), camera.id.clone());
        async move {
            camera_summary::add_faces(&db, &id, day, 3, 1).await?;
            camera_summary::add_check(&db, &id, day, number % 4 != 0).await
        }
    })
    .await
    .into_iter()
    .collect::<Result<Vec<()>, DbErr>>()
    .unwrap();
    let summary = camera_summary::of_day(&database.connection, day).await.unwrap().remove(0);
    assert_eq!((summary.detections_today, summary.unknown_faces, summary.uptime_percent), (60, 20, 75.0));
}
