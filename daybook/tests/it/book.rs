//! A database with cameras and shifts, and people who are seen.

use attendance::{Direction, Log, Rules, Shift, Sighting, Trigger};
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use daybook::{Person, Site, fold};
use entity::{
    Secret, TextList,
    attendance_log::{self, Model, lock_people},
    camera, detection,
    detection_provider_config::ProviderKind,
    face_profile, shift_schedule,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, DatabaseConnection, EntityTrait as _,
    QueryOrder as _, TransactionTrait as _,
};
use testkit::Database;

pub const EMPLOYEE: &str = "EMP-001";

/// Monday.
pub const MONDAY: &str = "2025-11-03";

pub struct Book {
    database: Database,
    pub site: Site,
    employee_id: String,
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An instant in UTC, such as `2025-11-03 09:00`.
pub fn utc(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc()
}

/// An instant of Monday.
pub fn at(clock: &str) -> DateTime<Utc> {
    utc(&format!("{MONDAY} {clock}"))
}

pub fn person() -> Person {
    Person { id: EMPLOYEE.to_owned(), name: "Ada".to_owned(), department: None }
}

/// Seen inside, because somebody asked for a frame.
pub fn seen(at: DateTime<Utc>) -> Sighting {
    Sighting {
        at,
        camera_id: "CAM-INSIDE".to_owned(),
        direction: Direction::Both,
        interval_seconds: None,
        trigger: Trigger::OnDemand,
    }
}

pub fn leaving(at: DateTime<Utc>) -> Sighting {
    Sighting { camera_id: "CAM-EXIT".to_owned(), direction: Direction::Exit, ..seen(at) }
}

fn time(clock: &str) -> NaiveTime {
    NaiveTime::parse_from_str(clock, "%H:%M").unwrap()
}

/// A shift of every day and everybody.
pub fn shift(id: &str, start: &str, end: &str) -> Shift {
    Shift {
        id: id.to_owned(),
        start: time(start),
        end: time(end),
        days: attendance::Weekdays::ALL,
        grace_minutes: 5,
        department: None,
    }
}

impl Book {
    /// With these shifts, in this zone.
    pub async fn with(shifts: Vec<Shift>, zone: Tz) -> Self {
        Self::under(Rules::default(), shifts, zone).await
    }

    async fn under(rules: Rules, shifts: Vec<Shift>, zone: Tz) -> Self {
        let database = testkit::database().await;
        let site = Site { rules, zone, shifts, detections_days: 90 };
        let book = Self { database, site, employee_id: EMPLOYEE.to_owned() };
        for shift in &book.site.shifts {
            book.add_shift(shift).await;
        }
        for (id, direction) in [
            ("CAM-INSIDE", camera::Direction::Both),
            ("CAM-ENTRY", camera::Direction::Entry),
            ("CAM-EXIT", camera::Direction::Exit),
        ] {
            book.add_camera(id, direction).await;
        }
        book
    }

    /// The same database for another case: another person, at a site that judges otherwise.
    pub async fn turn_to(&mut self, number: usize, rules: Rules, shifts: &[Shift], zone: Tz) {
        self.employee_id = format!("EMP-{number:03}");
        self.site = Site { rules, zone, shifts: shifts.to_vec(), ..self.site };
        for shift in shifts {
            self.add_shift(shift).await;
        }
    }

    /// Who is seen.
    pub fn person(&self) -> Person {
        Person { id: self.employee_id.clone(), ..person() }
    }

    /// Work from nine to five, in UTC.
    pub async fn office() -> Self {
        Self::with(vec![shift("S", "09:00", "17:00")], Tz::UTC).await
    }

    pub fn db(&self) -> &DatabaseConnection {
        &self.database.connection
    }

    async fn add_shift(&self, shift: &Shift) {
        let row = shift_schedule::ActiveModel {
            id: Set(shift.id.clone()),
            name: Set(shift.id.clone()),
            start_time: Set(shift.start),
            end_time: Set(shift.end),
            days: Set(shift.days.iso()),
            ..Default::default()
        };
        let insert = shift_schedule::Entity::insert(row).on_conflict_do_nothing();
        insert.exec_without_returning(self.db()).await.unwrap();
    }

    async fn add_camera(&self, id: &str, direction: camera::Direction) {
        let row = camera::ActiveModel {
            id: Set(id.to_owned()),
            name: Set(format!("Name of {id}")),
            location: Set("Ground floor".to_owned()),
            stream_type: Set(camera::StreamType::Rtsp),
            stream_url: Set(Secret::new("sealed")),
            status: Set(camera::Status::Online),
            tags: Set(TextList::default()),
            enabled: Set(true),
            direction: Set(direction),
            ..Default::default()
        };
        camera::insert(self.db(), row).await.unwrap().unwrap();
    }

    /// Enrolled long ago.
    pub async fn enrol(&self, employee_id: &str) {
        let row = face_profile::ActiveModel {
            employee_id: Set(employee_id.to_owned()),
            name: Set(format!("Name of {employee_id}")),
            status: Set(face_profile::Status::Active),
            created_at: Set(utc("2025-01-01 00:00")),
            ..Default::default()
        };
        row.insert(self.db()).await.unwrap();
    }

    /// Makes the days of detections, as the daily upkeep would have.
    pub async fn keep_days(&self, first: &str, days: i32) {
        detection::ensure_partitions(self.db(), date(first), days).await.unwrap();
    }

    /// Stores a log of Monday that no detection led to.
    pub async fn import_log(&self) {
        let imported = "INSERT INTO attendance_logs (id, employee_id, name, date, check_in_at, status, source)
                        VALUES ('ATT-20251103-001', 'EMP-009', 'Imported', '2025-11-03', '2025-11-03 09:00+00', 'present', 'camera')";
        self.db().execute_unprepared(imported).await.unwrap();
    }

    /// Stores a detection alone.
    pub async fn detect(&self, employee_id: &str, sighting: &Sighting) {
        let row = detection::ActiveModel {
            timestamp: Set(sighting.at),
            person_id: Set(Some(employee_id.to_owned())),
            camera_id: Set(sighting.camera_id.clone()),
            confidence: Set(80.0),
            status: Set(detection::Status::Authorized),
            provider_kind: Set(ProviderKind::Rollcall),
            provider_score: Set(Some(0.4)),
            automatic: Set(sighting.trigger == Trigger::Automatic),
            ..Default::default()
        };
        detection::insert_many(self.db(), vec![row]).await.unwrap();
    }

    /// A worker sees the person, a moment after the capture.
    pub async fn see(&self, sighting: Sighting) {
        let now = sighting.at;
        self.see_at(sighting, now).await;
    }

    /// A worker processes the frame at `now`.
    pub async fn see_at(&self, sighting: Sighting, now: DateTime<Utc>) {
        let person = self.person();
        self.detect(&person.id, &sighting).await;
        let transaction = self.db().begin().await.unwrap();
        lock_people(&transaction, vec![person.id.clone()]).await.unwrap();
        fold(&transaction, &self.site, &person, &sighting, now).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// All logs, by day and person.
    pub async fn rows(&self) -> Vec<Model> {
        let all = attendance_log::Entity::find().order_by_asc(attendance_log::Column::Date);
        all.order_by_asc(attendance_log::Column::EmployeeId).all(self.db()).await.unwrap()
    }

    /// The one log that there is.
    pub async fn row(&self) -> Model {
        let [row] = self.rows().await.try_into().unwrap();
        row
    }

    /// The person's logs as the rules see them, by day.
    pub async fn logs(&self) -> Vec<(NaiveDate, Log)> {
        let rows = self.rows().await;
        let own = rows.iter().filter(|row| row.employee_id == self.employee_id);
        own.filter_map(|row| Some((row.date, daybook::log_of(row)?))).collect()
    }
}

/// The day after.
pub fn next(day: NaiveDate) -> NaiveDate {
    day + Days::new(1)
}
