//! Records of syncs with Odoo: the total of their list is counted as they come, and right all the same.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use entity::Page;
use entity::odoo_sync_log::{self as record, Filter, SyncResult};
use sea_orm::{ActiveValue::Set, ConnectionTrait as _, DatabaseConnection, EntityTrait as _};
use uuid::Uuid;

use crate::race::at_once;

fn sent(number: i64, at: DateTime<Utc>) -> record::ActiveModel {
    record::ActiveModel {
        id: Set(Uuid::now_v7()),
        job_id: Set(Uuid::now_v7()),
        timestamp: Set(at),
        employee_id: Set(format!("EMP-{:02}", number % 3)),
        result: Set(if number % 4 == 0 { SyncResult::Failure } else { SyncResult::Success }),
        ..Default::default()
    }
}

fn start() -> DateTime<Utc> {
    (Utc::now() - TimeDelta::days(5)).date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// Every stretch between some instants, open ones and ones that are midnight among them.
fn stretches() -> Vec<[Option<DateTime<Utc>>; 2]> {
    let step = TimeDelta::microseconds(1);
    let hours = [-1, 0, 7, 23, 24, 30, 48, 90].map(|hour| start() + TimeDelta::hours(hour));
    let ends = hours.into_iter().flat_map(|at| [Some(at - step), Some(at)]).chain([None]);
    let stretches = ends.clone().flat_map(|from| ends.clone().map(move |to| [from, to]));
    stretches.filter(|[from, to]| from.zip(*to).is_none_or(|(from, to)| from <= to)).collect()
}

/// Those, of everybody and of one person, however they went and of each result.
fn filters() -> impl Iterator<Item = Filter> {
    let results = [None, Some(SyncResult::Success), Some(SyncResult::Failure)];
    let kinds = results.into_iter().flat_map(|result| [(result, None), (result, Some("EMP-01".to_owned()))]);
    stretches().into_iter().flat_map(move |[from, to]| {
        kinds.clone().map(move |(result, employee_id)| Filter { result, employee_id, from, to })
    })
}

async fn totals_are_right(db: &DatabaseConnection) {
    let records = record::Entity::find().all(db).await.unwrap();
    for filter in filters() {
        let shown = records.iter().filter(|record| {
            filter.from.is_none_or(|from| record.timestamp >= from)
                && filter.to.is_none_or(|to| record.timestamp <= to)
                && filter.result.is_none_or(|result| record.result == result)
                && filter.employee_id.as_ref().is_none_or(|person| record.employee_id == *person)
        });
        let page = record::list(db, &filter, Page { number: 1, size: 1 }).await.unwrap();
        assert_eq!(page.total, shown.count() as u64, "{filter:?}");
    }
}

#[tokio::test]
async fn the_total_of_records_is_right_under_every_filter_and_after_every_change() {
    let database = testkit::database().await;
    let db = &database.connection;
    let rows = (0..40).map(|number| sent(number, start() + TimeDelta::hours(2 * number)));
    record::append(db, rows.collect()).await.unwrap();
    totals_are_right(db).await;
    for change in [
        "UPDATE odoo_sync_logs SET result = 'failure', timestamp = timestamp + interval '1 day' WHERE employee_id = 'EMP-02'",
        "DELETE FROM odoo_sync_logs WHERE timestamp < (SELECT min(timestamp) + interval '31 hours' FROM odoo_sync_logs)",
        "TRUNCATE odoo_sync_logs",
    ] {
        db.execute_unprepared(change).await.unwrap();
        totals_are_right(db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_come_at_once_are_all_counted() {
    let database = testkit::database().await;
    let db = &database.connection;
    at_once(8, |writer| {
        let (db, step) = (db.clone(), i64::try_from(writer).unwrap() + 1);
        async move {
            // Each in an order of its own, of both results and on two days.
            let rows = (0..30).map(|number| sent(number * step, start() + TimeDelta::hours(number * step)));
            record::append(&db, rows.collect()).await.unwrap();
        }
    })
    .await;
    totals_are_right(db).await;
}
