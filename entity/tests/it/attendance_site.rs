//! A site at random: people of several departments, shifts by day, across midnight and just after it, and three weeks of
//! logs around a change of the clocks. What the queries are checked against is reckoned from its rows, one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use attendance::{Shift, Weekdays, day};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use entity::attendance_log::{self as log, Source, Status};
use entity::{attendance_record, department, face_profile, shift_schedule};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, DatabaseConnection, EntityTrait as _,
};
use testkit::Database;
use uuid::Uuid;

/// Sites and the first of their days: the clocks change in the second week, in the last two at midnight.
pub const SITES: [(Tz, &str); 7] = [
    (Tz::Europe__Berlin, "2026-03-19"),
    (Tz::Europe__Berlin, "2026-10-15"),
    (Tz::America__New_York, "2026-02-28"),
    (Tz::America__New_York, "2026-10-23"),
    (Tz::Asia__Kolkata, "2026-02-01"),
    (Tz::America__Havana, "2026-02-27"),
    (Tz::Asia__Beirut, "2026-03-19"),
];

/// Days of a site.
pub const DAYS: usize = 21;

const PEOPLE: u32 = 14;
const DEPARTMENTS: [Option<&str>; 4] = [Some("Research"), Some("Gate"), Some("Büro"), None];

pub struct Site {
    database: Arc<Database>,
    pub zone: Tz,
    pub first: NaiveDate,
    pub logs: Vec<log::Model>,
    pub people: Vec<face_profile::Model>,
    pub shifts: Vec<Shift>,
}

impl Site {
    /// A site in a database of its own.
    pub async fn alone() -> Self {
        let (zone, first) = SITES[0];
        Self::make(&Arc::new(testkit::database().await), zone, first).await
    }

    /// A site in place of the one that `database` held before.
    pub async fn make(database: &Arc<Database>, zone: Tz, first: &str) -> Self {
        let first: NaiveDate = first.parse().unwrap();
        let mut random = StdRng::seed_from_u64(zone as u64);
        let db = &database.connection;
        db.execute_unprepared("TRUNCATE attendance_logs, attendance_records, face_profiles, shift_schedules, departments CASCADE")
            .await
            .unwrap();
        let shifts = shifts(db).await;
        people(db, &mut random).await;
        let people = face_profile::Entity::find().all(db).await.unwrap();
        let mut rows = Vec::new();
        for person in &people {
            let days = first.iter_days().take(DAYS);
            rows.extend(days.filter_map(|date| a_day(&mut random, person, date, zone, &shifts)));
        }
        log::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
        let logs = log::Entity::find().all(db).await.unwrap();
        Self { logs, people, shifts, zone, first, database: Arc::clone(database) }
    }

    pub fn db(&self) -> &DatabaseConnection {
        &self.database.connection
    }

    pub fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        self.first.iter_days().take(DAYS)
    }

    pub fn last(&self) -> NaiveDate {
        self.first + Days::new(DAYS as u64 - 1)
    }

    /// Mean of the times that the site's clocks showed, each counted from the midnight of its log's day.
    pub fn mean_time<'a>(
        &self,
        logs: impl Iterator<Item = &'a log::Model>,
        of: impl Fn(&log::Model) -> Option<chrono::DateTime<chrono::Utc>>,
    ) -> Option<NaiveTime> {
        let seconds: Vec<f64> = logs
            .filter_map(|log| {
                let shown = of(log)?.with_timezone(&self.zone).naive_local();
                Some((shown - log.date.and_time(NaiveTime::MIN)).num_seconds() as f64)
            })
            .collect();
        let mean = (!seconds.is_empty()).then(|| seconds.iter().sum::<f64>() / seconds.len() as f64)?;
        // Printing rounds ties to even, as PostgreSQL does.
        Some(NaiveTime::MIN + TimeDelta::seconds(format!("{mean:.0}").parse().unwrap()))
    }
}

/// Four shifts: one by day of everybody, one across midnight and one from just after it of a department each, one at weekends.
async fn shifts(db: &DatabaseConnection) -> Vec<Shift> {
    let mut departments = BTreeMap::new();
    for name in ["RESEARCH", "Gate"] {
        let row = department::ActiveModel {
            id: Set(Uuid::now_v7()),
            name: Set(name.to_owned()),
            ..Default::default()
        };
        departments.insert(name, row.insert(db).await.unwrap().id);
    }
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    let shift = |id: &str, start, end, days: &[i32], department: Option<&str>| Shift {
        id: id.to_owned(),
        start,
        end,
        days: Weekdays::try_from(days).unwrap(),
        grace_minutes: 0,
        department: department.map(str::to_owned),
    };
    let plan = vec![
        shift("A-DAY", at(9, 0), at(17, 0), &[1, 2, 3, 4], None),
        shift("B-NIGHT", at(22, 0), at(6, 0), &[1, 3, 5, 7], Some("RESEARCH")),
        shift("C-EARLY", at(0, 15), at(8, 0), &[2, 6, 7], Some("Gate")),
        shift("D-WEEKEND", at(12, 0), at(18, 0), &[6], Some("RESEARCH")),
    ];
    for shift in &plan {
        let row = shift_schedule::ActiveModel {
            id: Set(shift.id.clone()),
            name: Set(shift.id.to_lowercase()),
            start_time: Set(shift.start),
            end_time: Set(shift.end),
            days: Set(shift.days.iso()),
            department_id: Set(shift.department.as_ref().map(|name| departments[name.as_str()])),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
    }
    plan
}

async fn people(db: &DatabaseConnection, random: &mut StdRng) {
    for number in 1..=PEOPLE {
        let status = match number % 7 {
            0 => face_profile::Status::Archived,
            1 => face_profile::Status::Pending,
            _ => face_profile::Status::Active,
        };
        let row = face_profile::ActiveModel {
            employee_id: Set(format!("EMP-{number:03}")),
            name: Set(format!("Person {}", number % 9)),
            department: Set(DEPARTMENTS.choose(random).unwrap().map(str::to_owned)),
            status: Set(status),
            ..Default::default()
        };
        let person = row.insert(db).await.unwrap();
        let whereabouts = if number % 3 == 0 { "on-site" } else { "off-site" };
        let at = "INSERT INTO attendance_records (id, person_id, name, status, timestamp) VALUES";
        let insert = format!("{at} ('{}', '{}', 'P', '{whereabouts}', now())", person.id, person.employee_id);
        db.execute_unprepared(&insert).await.unwrap();
    }
    assert!(attendance_record::Entity::find().one(db).await.unwrap().is_some());
}

/// A log of a person's day, of any shift; sometimes none. People may have been of another department then.
fn a_day(
    random: &mut StdRng,
    person: &face_profile::Model,
    date: NaiveDate,
    zone: Tz,
    shifts: &[Shift],
) -> Option<log::ActiveModel> {
    if random.random_bool(0.2) {
        return None;
    }
    let moved = random.random_bool(0.1).then(|| DEPARTMENTS.choose(random).unwrap().map(str::to_owned));
    let row = log::ActiveModel {
        id: Set(format!("ATT-{date}-{}", person.employee_id)),
        employee_id: Set(person.employee_id.clone()),
        name: Set(format!("{} of {date}", person.name)),
        department: Set(moved.unwrap_or_else(|| person.department.clone())),
        date: Set(date),
        source: Set(Source::Camera),
        ..Default::default()
    };
    let shift = shifts.choose(random).unwrap();
    if random.random_bool(0.15) {
        return Some(log::ActiveModel {
            status: Set(Status::Missed),
            shift_id: Set(Some(shift.id.clone())),
            ..row
        });
    }
    let came = day::instant(date.and_time(shift.start), zone)
        + TimeDelta::seconds(random.random_range(-5_400..9_000));
    let left = random.random_bool(0.8).then(|| came + TimeDelta::seconds(random.random_range(0..50_000)));
    let shown = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&zone).time();
    let camera = ["CAM-01", "CAM-02", "CAM-03"].choose(random).filter(|_| random.random_bool(0.8));
    Some(log::ActiveModel {
        status: Set(if random.random_bool(0.3) { Status::Late } else { Status::Present }),
        shift_id: Set(random.random_bool(0.9).then(|| shift.id.clone())),
        check_in_at: Set(Some(came)),
        check_out_at: Set(left),
        time_in: Set(Some(shown(came))),
        time_out: Set(left.map(shown)),
        camera_id: Set(camera.map(|id| (*id).to_owned())),
        camera_name: Set(camera.map(|id| id.to_lowercase())),
        // Quarters add up exactly, in any order.
        accuracy: Set(random.random_bool(0.8).then(|| f64::from(random.random_range(200..400)) / 4.0)),
        ..row
    })
}
