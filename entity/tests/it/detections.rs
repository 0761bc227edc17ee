//! Detections: the newest of them, their partitions, and the event log.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::detection::{self, BoundingBox, Status};
use entity::detection_event_log::{self as event, Filter};
use entity::detection_provider_config::ProviderKind;
use entity::{Batch, Page, detection_event_log};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait,
    PaginatorTrait, Statement, TransactionTrait,
};
use uuid::Uuid;

use crate::race::at_once;

fn seen(camera_id: &str, at: DateTime<Utc>) -> detection::ActiveModel {
    detection::ActiveModel {
        timestamp: Set(at),
        camera_id: Set(camera_id.into()),
        confidence: Set(87.5),
        bounding_box: Set(Some(BoundingBox { top: 1, left: 2, width: 30, height: 40 })),
        status: Set(Status::Unknown),
        provider_kind: Set(ProviderKind::Rollcall),
        ..Default::default()
    }
}

fn day(offset: i64) -> NaiveDate {
    Utc::now().date_naive() + TimeDelta::days(offset)
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(12, 0, 0).unwrap().and_utc()
}

async fn partition_of(db: &impl ConnectionTrait, at: DateTime<Utc>) -> String {
    let query = "SELECT tableoid::regclass::text AS partition FROM detections WHERE timestamp = $1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, query, [at.into()]);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get("", "partition").unwrap()
}

#[tokio::test]
async fn the_newest_come_first_of_one_camera_or_of_all_and_old_ones_fill_up() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    let rows = (0..6).map(|number| {
        let camera = if number % 2 == 0 { "CAM-01" } else { "CAM-02" };
        seen(camera, now - TimeDelta::hours(10 * number))
    });
    detection::insert_many(db, rows.collect()).await.unwrap();
    let hours = async |camera, limit| -> Vec<i64> {
        let newest = detection::newest(db, camera, limit, now).await.unwrap();
        newest.iter().map(|detection| (now - detection.timestamp).num_hours()).collect()
    };
    assert_eq!(hours(None, 2).await, [0, 10]);
    assert_eq!(hours(None, 50).await, [0, 10, 20, 30, 40, 50]);
    assert_eq!(hours(Some("CAM-02"), 2).await, [10, 30]);
    assert_eq!(hours(Some("CAM-03"), 2).await, Vec::<i64>::new());
}

#[tokio::test]
async fn a_frame_without_faces_stores_nothing() {
    let database = testkit::database().await;
    detection::insert_many(&database.connection, Vec::new()).await.unwrap();
    assert_eq!(detection::Entity::find().count(&database.connection).await.unwrap(), 0);
}

#[tokio::test]
async fn the_week_to_come_has_its_partitions_from_the_start() {
    let database = testkit::database().await;
    let db = &database.connection;
    detection::ensure_partitions(db, day(-1), 9).await.unwrap();
    for offset in -1..=7 {
        detection::insert_many(db, vec![seen("CAM-01", noon(day(offset)))]).await.unwrap();
        let expected = format!("detections_{}", day(offset).format("%Y%m%d"));
        assert_eq!(partition_of(db, noon(day(offset))).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn making_partitions_again_or_at_once_makes_each_one_once() {
    let database = testkit::database().await;
    let made = at_once(5, |_| {
        let db = database.connection.clone();
        async move { detection::ensure_partitions(&db, day(100), 4).await.unwrap() }
    })
    .await;
    assert_eq!(made.iter().sum::<i32>(), 4);
    assert_eq!(detection::ensure_partitions(&database.connection, day(100), 4).await.unwrap(), 0);
}

#[tokio::test]
async fn a_day_with_rows_in_the_default_partition_is_skipped_and_the_others_are_made() {
    let database = testkit::database().await;
    let db = &database.connection;
    let stray = noon(day(201));
    detection::insert_many(db, vec![seen("CAM-01", stray)]).await.unwrap();
    assert_eq!(detection::ensure_partitions(db, day(200), 3).await.unwrap(), 2);
    assert_eq!(partition_of(db, stray).await, "detections_default");
    assert_eq!(detection::newest(db, None, 10, Utc::now()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn dropping_old_partitions_leaves_newer_days_alone() {
    let database = testkit::database().await;
    let db = &database.connection;
    detection::ensure_partitions(db, day(-20), 3).await.unwrap();
    for offset in [-20, -18, 0] {
        detection::insert_many(db, vec![seen("CAM-01", noon(day(offset)))]).await.unwrap();
    }
    assert_eq!(detection::drop_partitions(db, day(-18)).await.unwrap(), 2);
    let left = detection::newest(db, None, 10, noon(day(1))).await.unwrap();
    assert_eq!(left.iter().map(|row| row.timestamp).collect::<Vec<_>>(), [noon(day(0)), noon(day(-18))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_was_dropped_is_gone_for_everybody_before_the_next_one_is() {
    let database = testkit::database().await;
    let db = &database.connection;
    detection::ensure_partitions(db, day(-20), 2).await.unwrap();
    let reader = db.begin().await.unwrap();
    let second = format!("SELECT count(*) FROM detections_{}", day(-19).format("%Y%m%d"));
    reader.execute_unprepared(&second).await.unwrap();
    let refused = detection::drop_partitions(db, day(-10)).await.unwrap_err();
    assert!(refused.to_string().contains("lock timeout"), "{refused}");
    let first = format!("SELECT count(*) FROM detections_{}", day(-20).format("%Y%m%d"));
    let gone = db.execute_unprepared(&first).await.unwrap_err();
    assert!(gone.to_string().contains("does not exist"), "{gone}");
    reader.commit().await.unwrap();
    assert_eq!(detection::drop_partitions(db, day(-10)).await.unwrap(), 1);
}

#[tokio::test]
async fn making_a_day_gives_up_soon_as_well_while_a_reader_is_busy() {
    let database = testkit::database().await;
    let db = &database.connection;
    let reader = db.begin().await.unwrap();
    detection::newest(&reader, None, 10, Utc::now()).await.unwrap();
    let refused = detection::ensure_partitions(db, day(100), 1).await.unwrap_err();
    assert!(refused.to_string().contains("lock timeout"), "{refused}");
    reader.commit().await.unwrap();
    assert_eq!(detection::ensure_partitions(db, day(100), 1).await.unwrap(), 1);
}

#[tokio::test]
async fn detections_whose_day_has_no_partition_go_in_batches_and_younger_ones_stay() {
    let database = testkit::database().await;
    let db = &database.connection;
    for offset in [-40, -39, -38, -30, 0] {
        detection::insert_many(db, vec![seen("CAM-01", noon(day(offset)))]).await.unwrap();
    }
    assert_eq!(detection::delete_strays_before(db, Batch::first(noon(day(-31)), 2)).await.unwrap().rows, 2);
    assert_eq!(detection::delete_strays_before(db, Batch::first(noon(day(-31)), 2)).await.unwrap().rows, 1);
    let left = detection::newest(db, None, 10, noon(day(1))).await.unwrap();
    assert_eq!(left.iter().map(|row| row.timestamp).collect::<Vec<_>>(), [noon(day(0)), noon(day(-30))]);
}

#[tokio::test]
async fn dropping_gives_up_soon_while_a_reader_is_busy_so_that_others_do_not_queue_behind_it() {
    let database = testkit::database().await;
    let db = &database.connection;
    detection::ensure_partitions(db, day(-20), 1).await.unwrap();
    let reader = db.begin().await.unwrap();
    detection::newest(&reader, None, 10, Utc::now()).await.unwrap();
    let refused = detection::drop_partitions(db, day(-10)).await.unwrap_err();
    assert!(refused.to_string().contains("lock timeout"), "{refused}");
    reader.commit().await.unwrap();
    assert_eq!(detection::drop_partitions(db, day(-10)).await.unwrap(), 1);
}

#[tokio::test]
async fn events_are_filtered_by_status_camera_and_time() {
    let database = testkit::database().await;
    let (db, start) = (&database.connection, noon(day(0)));
    for (number, (camera, status)) in [
        ("CAM-01", event::Status::Received),
        ("CAM-01", event::Status::Error),
        ("CAM-02", event::Status::Error),
    ]
    .into_iter()
    .enumerate()
    {
        let row = event::ActiveModel {
            job_id: Set(Uuid::now_v7()),
            camera_id: Set(camera.into()),
            camera_name: Set(camera.into()),
            timestamp: Set(start + TimeDelta::minutes(i64::try_from(number).unwrap())),
            status: Set(status),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
    }
    let minutes = async |filter: Filter| -> Vec<i64> {
        let page = detection_event_log::list(db, &filter, Page { number: 1, size: 20 }).await.unwrap();
        assert_eq!(page.total, page.rows.len() as u64);
        page.rows.iter().map(|row| (row.timestamp - start).num_minutes()).collect()
    };
    assert_eq!(minutes(Filter::default()).await, [2, 1, 0]);
    assert_eq!(minutes(Filter { status: Some(event::Status::Error), ..Filter::default() }).await, [2, 1]);
    assert_eq!(minutes(Filter { camera_id: Some("CAM-01".into()), ..Filter::default() }).await, [1, 0]);
    let (from, to) = (Some(start + TimeDelta::minutes(1)), Some(start + TimeDelta::minutes(1)));
    assert_eq!(minutes(Filter { from, to, ..Filter::default() }).await, [1]);
}

fn looked(number: i64, at: DateTime<Utc>) -> event::ActiveModel {
    let camera = format!("CAM-{:02}", number % 3);
    event::ActiveModel {
        id: Set(Uuid::now_v7()),
        job_id: Set(Uuid::now_v7()),
        camera_id: Set(camera.clone()),
        camera_name: Set(camera),
        timestamp: Set(at),
        status: Set(if number % 4 == 0 { event::Status::Error } else { event::Status::Received }),
        ..Default::default()
    }
}

/// Every stretch between some instants, open ones and ones that are midnight among them, of a camera and status or of all.
fn stretches(start: DateTime<Utc>) -> Vec<Filter> {
    let step = TimeDelta::microseconds(1);
    let hours = [-1, 0, 7, 23, 24, 30, 48, 90].map(|hour| start + TimeDelta::hours(hour));
    let ends = hours.into_iter().flat_map(|at| [Some(at - step), Some(at)]).chain([None]);
    let stretches = ends.clone().flat_map(|from| ends.clone().map(move |to| (from, to)));
    let stretches = stretches.filter(|(from, to)| from.zip(*to).is_none_or(|(from, to)| from <= to));
    stretches
        .flat_map(|(from, to)| {
            [
                Filter { from, to, ..Filter::default() },
                Filter { from, to, camera_id: Some("CAM-01".into()), status: Some(event::Status::Error) },
            ]
        })
        .collect()
}

async fn totals_are_right(db: &DatabaseConnection, start: DateTime<Utc>) {
    let events = event::Entity::find().all(db).await.unwrap();
    for filter in stretches(start) {
        let shown = events.iter().filter(|event| {
            filter.from.is_none_or(|from| event.timestamp >= from)
                && filter.to.is_none_or(|to| event.timestamp <= to)
                && filter.status.is_none_or(|status| event.status == status)
                && filter.camera_id.as_ref().is_none_or(|camera| event.camera_id == *camera)
        });
        let page = event::list(db, &filter, Page { number: 1, size: 1 }).await.unwrap();
        assert_eq!(page.total, shown.count() as u64, "{filter:?}");
    }
}

#[tokio::test]
async fn the_total_of_events_is_right_under_every_filter_and_after_every_change() {
    let database = testkit::database().await;
    let (db, start) = (&database.connection, noon(day(-5)) - TimeDelta::hours(12));
    let rows = (0..40).map(|number| looked(number, start + TimeDelta::hours(2 * number)));
    event::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
    totals_are_right(db, start).await;
    let moved = "UPDATE detection_event_logs SET status = 'error', camera_id = 'CAM-01',
                        timestamp = timestamp + interval '1 day' WHERE camera_id = 'CAM-02'";
    db.execute_unprepared(moved).await.unwrap();
    totals_are_right(db, start).await;
    event::delete_before(db, Batch::first(start + TimeDelta::hours(31), 1_000)).await.unwrap();
    totals_are_right(db, start).await;
    db.execute_unprepared("TRUNCATE detection_event_logs").await.unwrap();
    totals_are_right(db, start).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_many_cameras_at_once_are_all_counted() {
    let database = testkit::database().await;
    let (db, start) = (&database.connection, noon(day(0)));
    at_once(8, |writer| {
        let (db, step) = (db.clone(), i64::try_from(writer).unwrap() + 1);
        async move {
            // Each in an order of its own, over the same three cameras.
            let rows = (0..30).map(|number| looked(number * step, start));
            event::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
        }
    })
    .await;
    totals_are_right(db, start).await;
}
