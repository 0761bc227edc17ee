//! Reports add up to the minute, across midnight and changes of the clocks, as adding up every row does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use entity::attendance_log::{Model, Status};
use entity::attendance_report::{Report, Sums, daily, department, monthly};
use entity::face_profile;
use sea_orm::ConnectionTrait as _;

use crate::attendance_site::{SITES, Site};

/// Whole minutes between two instants.
fn minutes(log: &Model) -> i64 {
    let (Some(came), Some(left)): (Option<DateTime<Utc>>, _) = (log.check_in_at, log.check_out_at) else {
        return 0;
    };
    (left.timestamp() - came.timestamp()) / 60
}

fn added(site: &Site, logs: &[&Model], people: usize) -> Sums {
    let of = |status| logs.iter().filter(|log| log.status == status).count() as i64;
    let came = of(Status::Present) + of(Status::Late);
    Sums {
        people: people as i64,
        present: of(Status::Present),
        late: of(Status::Late),
        missed: of(Status::Missed),
        total: logs.len() as i64,
        rate: (!logs.is_empty()).then(|| 100.0 * came as f64 / logs.len() as f64),
        worked_minutes: logs.iter().map(|log| minutes(log)).sum(),
        average_time_in: site.mean_time(logs.iter().copied(), |log| log.check_in_at),
        average_time_out: site.mean_time(logs.iter().copied(), |log| log.check_out_at),
    }
}

fn people_of(logs: &[&Model]) -> usize {
    logs.iter().map(|log| &log.employee_id).collect::<BTreeSet<_>>().len()
}

/// Everybody, a department that people were of, and one that nobody was of.
const ONLY: [Option<&str>; 3] = [None, Some("Research"), Some("Nowhere")];

#[tokio::test]
async fn a_daily_report_has_every_log_of_the_day_and_sums_them_up() {
    let database = Arc::new(testkit::database().await);
    for (zone, first) in SITES {
        let site = Site::make(&database, zone, first).await;
        for (date, only) in site.days().flat_map(|date| ONLY.map(|only| (date, only))) {
            let query = daily::Query { date, department: only.map(str::to_owned) };
            let found = Report::read(site.db(), daily::lines(&query, zone.name())).await.unwrap();
            let shown =
                |log: &&Model| log.date == date && (only.is_none() || log.department.as_deref() == only);
            let logs: BTreeMap<_, _> =
                site.logs.iter().filter(shown).map(|log| (log.id.clone(), log)).collect();
            let all: Vec<_> = logs.values().copied().collect();
            assert_eq!(found.summary, added(&site, &all, people_of(&all)), "{zone} {query:?}");
            assert_eq!(found.records.len(), logs.len(), "{zone} {query:?}");
            for record in &found.records {
                let log = logs[&record.id];
                assert_eq!((&record.employee_id, &record.name), (&log.employee_id, &log.name));
                assert_eq!(
                    (record.time_in, record.time_out, record.status),
                    (log.time_in, log.time_out, log.status)
                );
                assert_eq!((record.worked_minutes, &record.camera_name), (minutes(log), &log.camera_name));
                assert_eq!(record.worked_minutes, log.worked_minutes().unwrap_or(0));
                assert_eq!(record.shift, log.shift_id.as_ref().map(|id| id.to_lowercase()));
            }
            let order = |record: &daily::Record| {
                (record.department.is_none(), record.department.clone(), record.name.clone())
            };
            assert!(found.records.iter().map(order).collect::<Vec<_>>().is_sorted());
        }
    }
}

fn is_of(date: NaiveDate, query: &monthly::Query) -> bool {
    (date.year(), date.month()) == (query.first.year(), query.first.month())
}

#[tokio::test]
async fn a_monthly_report_has_everybody_and_their_days() {
    let database = Arc::new(testkit::database().await);
    for (zone, first) in SITES {
        let site = Site::make(&database, zone, first).await;
        for only in ONLY {
            let query =
                monthly::Query::of(site.last().year(), site.last().month(), only.map(str::to_owned)).unwrap();
            let found = Report::read(site.db(), monthly::lines(&query, zone.name())).await.unwrap();
            let shown = |log: &&Model| {
                is_of(log.date, &query) && (only.is_none() || log.department.as_deref() == only)
            };
            let all: Vec<_> = site.logs.iter().filter(shown).collect();
            let mut people: BTreeMap<&str, Vec<&Model>> = BTreeMap::new();
            let enrolled = site.people.iter().filter(|person| {
                person.status == face_profile::Status::Active
                    && (only.is_none() || person.department.as_deref() == only)
            });
            people.extend(enrolled.map(|person| (person.employee_id.as_str(), Vec::new())));
            for log in &all {
                people.entry(&log.employee_id).or_default().push(log);
            }
            assert_eq!(found.summary, added(&site, &all, people.len()), "{zone} {only:?}");
            assert_eq!(found.records.len(), people.len(), "{zone} {only:?}");
            for record in &found.records {
                let logs = &people[record.employee_id.as_str()];
                assert_eq!(record.sums, added(&site, logs, 1), "{zone} {record:?}");
            }
        }
    }
}

#[tokio::test]
async fn people_are_called_as_they_are_enrolled_or_as_they_were_last() {
    let site = Site::alone().await;
    let leave = "UPDATE face_profiles SET status = 'archived' WHERE employee_id = 'EMP-002'";
    site.db().execute_unprepared(leave).await.unwrap();
    let query = monthly::Query::of(2026, 3, None).unwrap();
    let found = Report::read(site.db(), monthly::lines(&query, site.zone.name())).await.unwrap();
    let record = |id: &str| found.records.iter().find(|record| record.employee_id == id).unwrap();
    let of_march = |log: &&Model| log.employee_id == "EMP-002" && is_of(log.date, &query);
    let last = site.logs.iter().filter(of_march).max_by_key(|log| log.date).unwrap();
    assert_eq!((&record("EMP-002").name, &record("EMP-002").department), (&last.name, &last.department));
    let person = site.people.iter().find(|person| person.employee_id == "EMP-003").unwrap();
    assert_eq!((&record("EMP-003").name, &record("EMP-003").department), (&person.name, &person.department));
}

#[tokio::test]
async fn a_report_by_department_counts_days_where_people_were_then() {
    let database = Arc::new(testkit::database().await);
    for (zone, first) in SITES {
        let site = Site::make(&database, zone, first).await;
        for only in ONLY {
            let (from, to) = (site.days().nth(2).unwrap(), site.last());
            let query = department::Query { first: from, last: to, department: only.map(str::to_owned) };
            let found = Report::read(site.db(), department::lines(&query, zone.name())).await.unwrap();
            let shown =
                |log: &&Model| log.date >= from && (only.is_none() || log.department.as_deref() == only);
            let all: Vec<_> = site.logs.iter().filter(shown).collect();
            assert_eq!(found.summary, added(&site, &all, people_of(&all)), "{zone} {only:?}");
            let names: BTreeSet<_> = all.iter().map(|log| &log.department).collect();
            assert_eq!(found.records.iter().map(|record| &record.department).collect::<BTreeSet<_>>(), names);
            for record in &found.records {
                let logs: Vec<_> =
                    all.iter().copied().filter(|log| log.department == record.department).collect();
                assert_eq!(record.sums, added(&site, &logs, people_of(&logs)), "{zone} {record:?}");
            }
        }
    }
}
