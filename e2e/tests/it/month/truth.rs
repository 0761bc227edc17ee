//! Who worked when in one month, made up by arithmetic that knows nothing of the product: two shifts, one across midnight, 300 people,
//! and what each day of theirs must come out as.

use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc,
    Weekday,
};
use chrono_tz::{Europe::Berlin, Tz};

/// The site's zone. In its October the clocks go back in the night to the 26th, in the middle of a night shift.
pub const ZONE: Tz = Berlin;
/// Minutes of grace of both shifts.
pub const GRACE: i64 = 10;

const YEAR: i32 = 2025;
const MONTH: u32 = 10;

/// The days of the month.
pub fn days() -> Vec<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(YEAR, MONTH, 1).unwrap();
    first.iter_days().take_while(|day| day.month() == MONTH).collect()
}

/// The two shifts of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// 06:00 to 14:00, Monday to Friday.
    Day,
    /// 22:00 to 06:00, begins every day.
    Night,
}

impl Shift {
    /// The department that works it.
    pub fn department(self) -> &'static str {
        match self {
            Self::Day => "Assembly",
            Self::Night => "Warehouse",
        }
    }

    fn works(self, day: NaiveDate) -> bool {
        self == Self::Night || !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    fn start(self, day: NaiveDate) -> NaiveDateTime {
        let hour = if self == Self::Day { 6 } else { 22 };
        day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap())
    }

    fn end(self, day: NaiveDate) -> NaiveDateTime {
        match self {
            Self::Day => day.and_time(NaiveTime::from_hms_opt(14, 0, 0).unwrap()),
            Self::Night => (day + Days::new(1)).and_time(NaiveTime::from_hms_opt(6, 0, 0).unwrap()),
        }
    }
}

/// Somebody of the site.
#[derive(Clone, Debug)]
pub struct Person {
    number: i64,
    /// `EMP-00001` to `EMP-00300`.
    pub id: String,
    /// One line of a document.
    pub name: String,
    /// What they work.
    pub shift: Shift,
}

/// The 300 people: two thirds by day.
pub fn people() -> Vec<Person> {
    let person = |number: i64| Person {
        number,
        id: format!("EMP-{number:05}"),
        name: format!("Person {number}"),
        shift: if number <= 200 { Shift::Day } else { Shift::Night },
    };
    (1..=300).map(person).collect()
}

/// One day of a person who was expected.
#[derive(Clone, Debug)]
pub struct WorkDay {
    /// The day on which the shift began.
    pub date: NaiveDate,
    /// Whose.
    pub employee_id: String,
    /// Whose, in words.
    pub name: String,
    /// Of which department.
    pub department: &'static str,
    /// When they were there, if they were.
    pub stay: Option<Stay>,
}

/// From the first to the last that was seen of somebody.
#[derive(Clone, Copy, Debug)]
pub struct Stay {
    /// At the entry camera.
    pub came: DateTime<Utc>,
    /// In the middle of the shift, at a camera inside.
    pub midway: DateTime<Utc>,
    /// At the exit camera; some go another way.
    pub left: Option<DateTime<Utc>>,
    late: bool,
}

impl WorkDay {
    /// `present`, `late` or `missed`.
    pub fn status(&self) -> &'static str {
        match self.stay {
            None => "missed",
            Some(stay) if stay.late => "late",
            Some(_) => "present",
        }
    }

    /// Times of day on the site's wall, `HH:MM:SS`.
    pub fn times(&self) -> Option<(String, String)> {
        self.stay.map(|stay| (wall_clock(stay.came), wall_clock(stay.last_seen())))
    }

    /// Whole minutes that truly went by.
    pub fn worked_minutes(&self) -> i64 {
        self.stay.map_or(0, |stay| (stay.last_seen() - stay.came).num_minutes())
    }
}

impl Stay {
    /// What the log must end with.
    pub fn last_seen(&self) -> DateTime<Utc> {
        self.left.unwrap_or(self.midway)
    }
}

/// Every expected day of everybody.
pub fn work_days() -> Vec<WorkDay> {
    let people = people();
    let of_day = |date: NaiveDate| {
        people.iter().filter(move |person| person.shift.works(date)).map(move |person| work_day(person, date))
    };
    days().into_iter().flat_map(of_day).collect()
}

fn work_day(person: &Person, date: NaiveDate) -> WorkDay {
    WorkDay {
        date,
        employee_id: person.id.clone(),
        name: person.name.clone(),
        department: person.shift.department(),
        stay: stay(person, date),
    }
}

/// Spread over people and days so that every mixture comes up: early, in the grace, a second too late, long, short, absent.
fn stay(person: &Person, date: NaiveDate) -> Option<Stay> {
    let (who, day) = (person.number, i64::from(date.day()));
    if (who * 7 + day * 13) % 23 == 0 {
        return None;
    }
    let offset = TimeDelta::minutes((who * 11 + day * 17) % 41 - 20) + TimeDelta::seconds(who * day % 60);
    let overtime = TimeDelta::minutes((who * 5 + day * 3) % 50 - 10) + TimeDelta::seconds((who + day) % 60);
    let start = person.shift.start(date);
    Some(Stay {
        came: instant(start + offset),
        midway: instant(start + TimeDelta::hours(3) + TimeDelta::seconds(who % 60)),
        left: ((who + day) % 19 != 0).then(|| instant(person.shift.end(date) + overtime)),
        late: offset > TimeDelta::minutes(GRACE),
    })
}

/// None of the times falls into the hour that comes twice.
fn instant(local: NaiveDateTime) -> DateTime<Utc> {
    ZONE.from_local_datetime(&local).unwrap().to_utc()
}

fn wall_clock(at: DateTime<Utc>) -> String {
    at.with_timezone(&ZONE).format("%H:%M:%S").to_string()
}
