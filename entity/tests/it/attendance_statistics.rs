//! Statistics and overviews are what counting every row, one after the other, comes to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use attendance::Plan;
use chrono::{Days, NaiveDate, Timelike as _};
use entity::attendance_log::{Filter, Model, Status};
use entity::attendance_statistics::{Counts, Grouping, Overview, Statistics, overview, statistics};
use sea_orm::ConnectionTrait as _;

use crate::attendance_site::{SITES, Site};

fn counted(logs: &[&Model]) -> Counts {
    let of = |status| logs.iter().filter(|log| log.status == status).count() as i64;
    let accuracies: Vec<f64> = logs.iter().filter_map(|log| log.accuracy).collect();
    Counts {
        present: of(Status::Present),
        late: of(Status::Late),
        missed: of(Status::Missed),
        total: logs.len() as i64,
        unique_people: logs.iter().map(|log| &log.employee_id).collect::<BTreeSet<_>>().len() as i64,
        average_accuracy: (!accuracies.is_empty())
            .then(|| accuracies.iter().sum::<f64>() / accuracies.len() as f64),
    }
}

/// The buckets that hold a log, by key.
fn reference(grouping: Grouping, logs: &[&Model]) -> BTreeMap<String, Counts> {
    let mut buckets: BTreeMap<String, Vec<&Model>> = BTreeMap::new();
    for log in logs {
        let key = match grouping {
            Grouping::Hour => log.time_in.map(|time| format!("{:02}", time.hour())),
            Grouping::Day => Some(log.date.to_string()),
            Grouping::Camera => Some(log.camera_id.clone().unwrap_or_default()),
            Grouping::Department => Some(log.department.clone().unwrap_or_default()),
        };
        if let Some(key) = key {
            buckets.entry(key).or_default().push(log);
        }
    }
    buckets.into_iter().map(|(key, logs)| (key, counted(&logs))).collect()
}

/// Statistics are those of `logs`, counted one after the other.
pub fn check(found: &Statistics, grouping: Grouping, logs: &[&Model], what: &str) {
    assert_eq!(found.totals, counted(logs), "{what} {grouping:?}");
    assert!(found.buckets.is_sorted_by_key(|bucket| &bucket.key), "{what} {grouping:?}: {:?}", found.buckets);
    let full = found.buckets.iter().filter(|bucket| bucket.counts.total > 0);
    let full: BTreeMap<_, _> = full.map(|bucket| (bucket.key.clone(), bucket.counts.clone())).collect();
    assert_eq!(full, reference(grouping, logs), "{what} {grouping:?}");
}

#[tokio::test]
async fn buckets_and_totals_are_those_of_counting_row_by_row() {
    let database = Arc::new(testkit::database().await);
    for (zone, first) in SITES {
        let site = Site::make(&database, zone, first).await;
        let (from, to) = (site.first + Days::new(3), site.last() - Days::new(2));
        let logs: Vec<_> = site.logs.iter().filter(|log| (from..=to).contains(&log.date)).collect();
        let filter = Filter { date_from: Some(from), date_to: Some(to), ..Filter::default() };
        for grouping in [Grouping::Hour, Grouping::Day, Grouping::Camera, Grouping::Department] {
            let found = statistics(site.db(), grouping, &filter).await.unwrap();
            check(&found, grouping, &logs, zone.name());
            let full = found.buckets.iter().filter(|bucket| bucket.counts.total > 0).count();
            match grouping {
                Grouping::Hour => assert_eq!(found.buckets.len(), 24),
                Grouping::Day => assert_eq!(found.buckets.len(), 16),
                Grouping::Camera | Grouping::Department => assert_eq!(found.buckets.len(), full),
            }
        }
    }
}

#[tokio::test]
async fn statistics_of_a_filter_count_what_its_list_shows() {
    let site = Site::alone().await;
    type Shown = fn(&Model) -> bool;
    let cases: [(Filter, Shown); 4] = [
        (Filter { department: Some("Gate".into()), ..Filter::default() }, |log| {
            log.department.as_deref() == Some("Gate")
        }),
        (
            Filter { camera_id: Some("CAM-02".into()), status: Some(Status::Late), ..Filter::default() },
            |log| log.camera_id.as_deref() == Some("CAM-02") && log.status == Status::Late,
        ),
        (Filter { search: Some("emp-00".into()), ..Filter::default() }, |log| {
            log.employee_id.contains("EMP-00")
        }),
        (Filter { search: Some("nobody".into()), ..Filter::default() }, |_| false),
    ];
    for (filter, shown) in cases {
        let logs: Vec<_> = site.logs.iter().filter(|log| shown(log)).collect();
        let found = statistics(site.db(), Grouping::Day, &filter).await.unwrap();
        assert_eq!(found.totals, counted(&logs), "{filter:?}");
        let expected = reference(Grouping::Day, &logs);
        assert_eq!(found.buckets.iter().map(|bucket| bucket.counts.total).sum::<i64>(), logs.len() as i64);
        for bucket in found.buckets {
            assert_eq!(bucket.counts, expected.get(&bucket.key).cloned().unwrap_or_default(), "{filter:?}");
        }
    }
}

#[tokio::test]
async fn a_camera_is_called_by_its_present_name() {
    let site = Site::alone().await;
    let camera = "INSERT INTO cameras (id, name, stream_type, stream_url) VALUES ('CAM-02', 'Main gate', 'RTSP', 'rtsp://x/')";
    site.db().execute_unprepared(camera).await.unwrap();
    let found = statistics(site.db(), Grouping::Camera, &Filter::default()).await.unwrap();
    let labels: Vec<_> = found.buckets.iter().map(|bucket| bucket.label.as_str()).collect();
    assert_eq!(labels, ["No camera", "CAM-01", "Main gate", "CAM-03"]);
}

/// Present, late, missed, and how many of the expected came.
fn outcome<'a>(logs: impl Iterator<Item = &'a Model>, expected: &BTreeSet<&str>) -> (i64, i64, i64, i64) {
    let mut sums = (0, 0, 0, 0);
    for log in logs {
        match log.status {
            Status::Present => sums.0 += 1,
            Status::Late => sums.1 += 1,
            Status::Missed => sums.2 += 1,
        }
        sums.3 += i64::from(log.status != Status::Missed && expected.contains(log.employee_id.as_str()));
    }
    sums
}

fn active(site: &Site) -> impl Iterator<Item = &entity::face_profile::Model> {
    site.people.iter().filter(|person| person.status == entity::face_profile::Status::Active)
}

fn expected_of(site: &Site, date: NaiveDate) -> BTreeSet<&str> {
    let due = active(site)
        .filter(|person| Plan::of(person.department.as_deref(), &site.shifts, site.zone).expects(date));
    due.map(|person| person.employee_id.as_str()).collect()
}

fn check_departments(site: &Site, date: NaiveDate, found: &Overview) {
    let (logs, expected) = (of_day(site, date), expected_of(site, date));
    let mut names: BTreeSet<_> = logs.iter().map(|log| log.department.clone()).collect();
    let due = |name: &Option<String>| {
        active(site).filter(|p| p.department == *name && expected.contains(p.employee_id.as_str())).count()
    };
    names.extend(active(site).map(|person| person.department.clone()).filter(|name| due(name) > 0));
    let found_names: BTreeSet<_> = found.by_department.0.iter().map(|day| day.department.clone()).collect();
    assert_eq!((found_names, found.by_department.0.len()), (names.clone(), names.len()));
    for day in &found.by_department.0 {
        let logs = logs.iter().copied().filter(|log| log.department == day.department);
        assert_eq!((day.present, day.late, day.missed, day.arrived), outcome(logs, &expected), "{day:?}");
        assert_eq!(day.expected, due(&day.department) as i64, "{day:?}");
    }
}

fn check_shifts(site: &Site, date: NaiveDate, found: &Overview) {
    let logs = of_day(site, date);
    let begin: Vec<_> = site.shifts.iter().filter(|shift| shift.on(date, site.zone).is_some()).collect();
    assert_eq!(found.shifts.0.len(), begin.len());
    assert!(found.shifts.0.is_sorted_by_key(|shift| (shift.start_time, shift.id.clone())));
    for shift in &found.shifts.0 {
        let plan = begin.iter().find(|plan| plan.id == shift.id).unwrap();
        let of_shift = || logs.iter().copied().filter(|log| log.shift_id.as_ref() == Some(&shift.id));
        let (present, late, missed, _) = outcome(of_shift(), &BTreeSet::new());
        assert_eq!((shift.present, shift.late, shift.missed), (present, late, missed), "{shift:?}");
        let due = active(site).filter(|person| plan.applies_to(person.department.as_deref())).count();
        assert_eq!((shift.expected, shift.start_time, shift.end_time), (due as i64, plan.start, plan.end));
        assert_eq!(shift.average_time_in, site.mean_time(of_shift(), |log| log.check_in_at), "{shift:?}");
    }
}

fn of_day(site: &Site, date: NaiveDate) -> Vec<&Model> {
    site.logs.iter().filter(|log| log.date == date).collect()
}

#[tokio::test]
async fn an_overview_tells_who_was_expected_who_came_and_when() {
    let database = Arc::new(testkit::database().await);
    for (zone, first) in SITES {
        let site = Site::make(&database, zone, first).await;
        for date in site.days() {
            let found = overview(site.db(), date, zone.name()).await.unwrap();
            let (logs, expected) = (of_day(&site, date), expected_of(&site, date));
            let outcome = outcome(logs.iter().copied(), &expected);
            assert_eq!((found.present, found.late, found.missed, found.arrived), outcome, "{zone} {date}");
            assert_eq!((found.expected, found.on_site), (expected.len() as i64, 4), "{zone} {date}");
            let mean = site.mean_time(logs.iter().copied(), |log| log.check_in_at);
            assert_eq!(found.average_time_in, mean, "{zone} {date}");
            check_departments(&site, date, &found);
            check_shifts(&site, date, &found);
        }
    }
}

#[tokio::test]
async fn a_day_with_nobody_is_all_zero() {
    let database = testkit::database().await;
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    let found = overview(&database.connection, day, "Europe/Berlin").await.unwrap();
    assert_eq!((found.expected, found.present, found.on_site, found.average_time_in), (0, 0, 0, None));
    assert_eq!((found.by_department.0.len(), found.shifts.0.len()), (0, 0));
    assert!(found.completion_percent().abs() < f64::EPSILON);
}
