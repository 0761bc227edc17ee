//! No list and no statistic reads a big table from end to end: PostgreSQL is asked for the plan of each statement that the
//! functions really send, with the values that they send, on a made-up site.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::attendance_log::{self as log, Days, Filter, OdooStatus, Status};
use entity::attendance_report::{Report, daily, department, monthly};
use entity::attendance_statistics::{self as counted, Grouping, overview, statistics};
use entity::audit_log::{self, Stretch};
use entity::{
    Level, Page, alert, attendance_record, attendance_today, camera, camera_summary, detection,
    detection_event_log, odoo_sync_log, person_history,
};
use migration::seed::scale::{self, Scale};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, FromQueryResult, JsonValue,
    QueryResult, Statement, StreamTrait,
};

/// Tables that grow without end; `detections` has a table for each day. Days to come are empty, and as well scanned as not.
const BIG: [&str; 5] =
    ["attendance_logs", "detections", "audit_logs", "detection_event_logs", "odoo_sync_logs"];

/// Of these no list counts all rows, not even by an index: they were counted as they came.
const COUNTED: [&str; 2] = ["detection_event_logs", "odoo_sync_logs"];

const SITE: Scale =
    Scale { cameras: 200, people: 1_000, logs: 100_000, detections: 90_000, looks: 60_000, actions: 20_000 };

const SOME: Page = Page { number: 3, size: 20 };

/// A connection that asks for the plan of each query before it runs it.
struct Watched<'a> {
    db: &'a DatabaseConnection,
    big: HashSet<String>,
    scans: Mutex<Vec<String>>,
    plans: Mutex<usize>,
}

impl Watched<'_> {
    async fn look_at(&self, statement: &Statement) -> Result<(), DbErr> {
        let sql = format!("EXPLAIN (FORMAT JSON) {}", statement.sql);
        let explain = Statement { sql, values: statement.values.clone(), db_backend: DbBackend::Postgres };
        let row = self.db.query_one_raw(explain).await?.unwrap();
        let plan: JsonValue = row.try_get_by_index(0)?;
        *self.plans.lock().unwrap() += 1;
        let mut found = Vec::new();
        self.scanned(&plan, false, &mut found);
        let found = found.into_iter().map(|table| format!("{table} by {}", statement.sql));
        self.scans.lock().unwrap().extend(found);
        Ok(())
    }

    /// The big tables that a plan reads whole; `ends` says that it stops at so many rows.
    fn scanned(&self, plan: &JsonValue, ends: bool, found: &mut Vec<String>) {
        match plan {
            JsonValue::Object(node) => {
                let text = |name| node.get(name).and_then(JsonValue::as_str).unwrap_or_default();
                let (kind, table) = (text("Node Type"), text("Relation Name"));
                let counts = matches!(kind, "Index Scan" | "Index Only Scan")
                    && !(ends || node.contains_key("Index Cond"))
                    && COUNTED.contains(&table);
                if (kind == "Seq Scan" || counts) && self.big.contains(table) {
                    found.push(table.to_owned());
                }
                node.values().for_each(|part| self.scanned(part, ends || kind == "Limit", found));
            }
            JsonValue::Array(parts) => parts.iter().for_each(|part| self.scanned(part, ends, found)),
            JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => {}
        }
    }
}

#[derive(FromQueryResult)]
struct Table {
    name: String,
}

/// The big tables that have rows.
async fn big(db: &DatabaseConnection) -> HashSet<String> {
    let query = "SELECT relname::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND reltuples > 0";
    let tables =
        Table::find_by_statement(Statement::from_string(DbBackend::Postgres, query)).all(db).await.unwrap();
    let is_big = |table: &str| BIG.contains(&table) || table.starts_with("detections_");
    tables.into_iter().map(|table| table.name).filter(|name| is_big(name)).collect()
}

#[async_trait]
impl ConnectionTrait for Watched<'_> {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.db.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.db.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.look_at(&statement).await?;
        self.db.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.look_at(&statement).await?;
        self.db.query_all_raw(statement).await
    }
}

impl StreamTrait for Watched<'_> {
    type Stream<'a>
        = <DatabaseConnection as StreamTrait>::Stream<'a>
    where
        Self: 'a;

    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<Self::Stream<'a>, DbErr>> + Send + 'a>> {
        Box::pin(async move {
            self.look_at(&statement).await?;
            self.db.stream_raw(statement).await
        })
    }
}

#[tokio::test]
async fn no_list_and_no_statistic_scans_a_big_table() {
    let database = testkit::seeded_database().await;
    scale::plant(&database.connection, SITE, |_, _| ()).await.unwrap();
    let big = big(&database.connection).await;
    assert!(big.len() >= 90 + 4, "{big:?}");
    let db = Watched { db: &database.connection, big, scans: Mutex::default(), plans: Mutex::default() };
    let today = Utc::now().date_naive();
    lists_of_logs(&db, today).await.unwrap();
    figures(&db, today).await.unwrap();
    reports(&db, today).await.unwrap();
    cameras_and_what_they_saw(&db).await.unwrap();
    syncs(&db).await.unwrap();
    stretches_of_time(&db, today).await.unwrap();
    let scans = db.scans.lock().unwrap().join("\n\n");
    assert!(scans.is_empty(), "{scans}");
    assert!(*db.plans.lock().unwrap() > 100, "the statements were looked at");
    whole(&db).await;
    assert_eq!(db.scans.lock().unwrap().len(), 1, "a scan is seen");
}

async fn whole(db: &impl ConnectionTrait) {
    let scan = Statement::from_string(DbBackend::Postgres, "SELECT count(note) FROM attendance_logs");
    JsonValue::find_by_statement(scan).one(db).await.unwrap();
}

fn filters(today: NaiveDate) -> Vec<Filter> {
    let (from, to) = (Some(today - TimeDelta::days(40)), Some(today - TimeDelta::days(30)));
    let department = Some("DEPARTMENT 7".to_owned());
    let odoo = |status| Filter { odoo_status: Some(status), ..Filter::default() };
    vec![
        Filter::default(),
        Filter { search: Some("EMP-00123".into()), ..Filter::default() },
        Filter { search: Some("dvořák 77".into()), ..Filter::default() },
        Filter { camera_id: Some("CAM-0007".into()), ..Filter::default() },
        Filter { department: department.clone(), ..Filter::default() },
        Filter { status: Some(Status::Late), ..Filter::default() },
        Filter { status: Some(Status::Present), ..Filter::default() },
        odoo(OdooStatus::Pending),
        odoo(OdooStatus::Failed),
        odoo(OdooStatus::Skipped),
        odoo(OdooStatus::Synced),
        Filter { unsent: true, ..Filter::default() },
        Filter { date_from: from, date_to: to, ..Filter::default() },
        Filter { date_to: to, ..Filter::default() },
        Filter { status: Some(Status::Late), department, date_from: from, ..Filter::default() },
    ]
}

async fn lists_of_logs(db: &impl ConnectionTrait, today: NaiveDate) -> Result<(), DbErr> {
    for filter in filters(today) {
        let mut days = Days::count(db, &filter).await?;
        log::page(db, &filter, &days, SOME).await?;
        log::page(db, &filter, &days, Page { number: 1 + days.total() / 40, size: 20 }).await?;
        days.recount(db, &filter, vec![today - TimeDelta::days(35)]).await?;
    }
    log::history(db, "EMP-00123", None, None, SOME).await?;
    log::history(db, "EMP-00123", Some(today - TimeDelta::days(90)), Some(today), SOME).await?;
    log::last_mark(db, "EMP-00123").await?;
    log::last_mark(db, "nobody").await.map(drop)
}

async fn figures(db: &(impl ConnectionTrait + StreamTrait), today: NaiveDate) -> Result<(), DbErr> {
    let days = |back| Filter {
        date_from: Some(today - TimeDelta::days(back)),
        date_to: Some(today),
        ..Filter::default()
    };
    for grouping in [Grouping::Hour, Grouping::Day, Grouping::Camera, Grouping::Department] {
        // A stretch that holds all logs reads all of them, by whatever way.
        for back in [0, 30, 60] {
            for filter in [
                days(back),
                Filter { department: Some("department 7".into()), ..days(back) },
                Filter { camera_id: Some("CAM-0007".into()), ..days(back) },
            ] {
                statistics(db, grouping, &filter).await?;
                let mut days = counted::Days::count(db, grouping, &filter).await?;
                days.recount(db, &[today - TimeDelta::days(1), today - TimeDelta::days(9)]).await?;
                days.statistics(db).await?;
            }
        }
    }
    for back in 0..3 {
        let day = today - TimeDelta::days(back);
        overview(db, day, "Europe/Berlin").await?;
        for filter in [
            attendance_today::Filter::default(),
            attendance_today::Filter { department: Some("Department 7".into()), ..Default::default() },
            attendance_today::Filter { mark: Some(attendance_today::Mark::Absent), ..Default::default() },
            attendance_today::Filter { search: Some("ada".into()), ..Default::default() },
        ] {
            attendance_today::list(db, day, &filter, SOME).await?;
        }
    }
    Ok(())
}

async fn reports(db: &impl ConnectionTrait, today: NaiveDate) -> Result<(), DbErr> {
    let (zone, month_ago) = ("Europe/Berlin", today - TimeDelta::days(30));
    for department in [None, Some("Department 7".to_owned())] {
        let query = daily::Query { date: month_ago, department: department.clone() };
        Report::read(db, daily::lines(&query, zone)).await?;
        let query = monthly::Query { first: month_ago, last: today, department: department.clone() };
        Report::read(db, monthly::lines(&query, zone)).await?;
        let query = department::Query { first: month_ago, last: today, department };
        Report::read(db, department::lines(&query, zone)).await?;
    }
    Ok(())
}

/// What is read whole for a file: the audit trail, and a person's history.
async fn stretches_of_time(db: &impl ConnectionTrait, today: NaiveDate) -> Result<(), DbErr> {
    let day = Stretch {
        from: Utc::now() - TimeDelta::days(1),
        until: Utc::now(),
        actor: None,
        action: None,
        severity: None,
    };
    for stretch in [
        day.clone(),
        Stretch {
            actor: Some("ada@example.org".into()),
            action: Some("camera.update".into()),
            ..day.clone()
        },
        Stretch { severity: Some(Level::Critical), ..day },
    ] {
        audit_log::count(db, &stretch).await?;
        audit_log::oldest_first(&stretch).all(db).await?;
    }
    let first = today - TimeDelta::days(30);
    let everywhere = person_history::Query {
        employee_id: "EMP-00123".into(),
        first,
        last: today,
        from: first.and_time(NaiveTime::MIN).and_utc(),
        until: Utc::now(),
        camera_id: None,
    };
    let at_a_camera = person_history::Query { camera_id: Some("CAM-0007".into()), ..everywhere.clone() };
    for query in [everywhere, at_a_camera] {
        person_history::events(&query).all(db).await?;
    }
    Ok(())
}

async fn syncs(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    use odoo_sync_log::{Filter as Records, SyncResult};
    let (from, to) = (Some(Utc::now() - TimeDelta::days(9)), Some(Utc::now() - TimeDelta::days(8)));
    for result in [None, Some(SyncResult::Success), Some(SyncResult::Failure)] {
        for employee_id in [None, Some("EMP-00123".to_owned())] {
            for (from, to) in [(None, None), (from, None), (None, to), (from, to)] {
                let filter = Records { result, employee_id: employee_id.clone(), from, to };
                odoo_sync_log::list(db, &filter, SOME).await?;
            }
        }
    }
    Ok(())
}

async fn cameras_and_what_they_saw(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let (now, camera) = (Utc::now(), || Some("CAM-0007".to_owned()));
    let (from, to) = (Some(now - TimeDelta::days(9)), Some(now - TimeDelta::days(8)));
    for camera in [None, Some("CAM-0007"), Some("nowhere")] {
        detection::newest(db, camera, 50, now).await?;
    }
    detection::sightings(db, "EMP-00123", now - TimeDelta::days(2), now).await?;
    use detection_event_log::{Filter as Looks, Status as Look};
    for filter in [
        Looks::default(),
        Looks { status: Some(Look::Received), ..Looks::default() },
        Looks { from, ..Looks::default() },
        Looks { status: Some(Look::Error), ..Looks::default() },
        Looks { camera_id: camera(), ..Looks::default() },
        Looks { from, to, ..Looks::default() },
        Looks { status: Some(Look::Error), camera_id: camera(), from, to },
    ] {
        detection_event_log::list(db, &filter, SOME).await?;
    }
    for filter in [
        alert::Filter::default(),
        alert::Filter { acknowledged: Some(false), ..alert::Filter::default() },
        alert::Filter { level: Some(alert::Level::High), camera_id: camera(), ..alert::Filter::default() },
    ] {
        alert::list(db, &filter, now, SOME).await?;
    }
    camera::list(db, &camera::Filter { search: Some("camera 7".into()), ..Default::default() }, SOME).await?;
    camera_summary::of_day(db, now.date_naive() - TimeDelta::days(9)).await?;
    let on_site =
        attendance_record::Filter { status: Some(attendance_record::Status::OnSite), department: None };
    attendance_record::list(db, &on_site, 50).await.map(drop)
}
