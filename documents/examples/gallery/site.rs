//! A made-up company: who works there, and when they came and left.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};

use crate::document::time;

/// Name, department and shift.
pub const PEOPLE: [(&str, &str, &str); 24] = [
    ("Barbara Liskov", "Engineering", "Day"),
    ("Müller-Lüdenscheidt, Karl-Friedrich", "Finance", "Day"),
    ("Ольга Владимировна Кузнецова", "Engineering", "Day"),
    ("Ελένη Παπαδοπούλου", "Sales", "Day"),
    ("محمد عبد الرحمن الفارسي", "Operations", "Early"),
    ("דוד בן־גוריון", "Operations", "Early"),
    ("सुनीता शर्मा", "Engineering", "Day"),
    ("สมชาย ใจดี", "Sales", "Day"),
    ("王小明", "Finance", "Day"),
    ("佐藤 さくら", "Engineering", "Day"),
    ("김민준", "Sales", "Day"),
    ("Nguyễn Thị Minh Khai", "Warehouse and loading bay north", "Night"),
    ("Seán O'Brien", "Finance", "Day"),
    ("María José García Márquez", "Human Resources", "Day"),
    ("Anna Schneider", "Human Resources", "Day"),
    ("Chiara Rossi", "Operations", "Early"),
    ("Björn Lindqvist", "Operations", "Late"),
    ("Zofia Kowalska", "Engineering", "Day"),
    ("İbrahim Yılmaz", "Warehouse and loading bay north", "Night"),
    ("Grace Wanjiru Mwangi", "Sales", "Day"),
    ("Thomas de la Cruz", "Operations", "Late"),
    ("Li Na", "Finance", "Day"),
    ("Jean-Baptiste Lefèvre-Delacroix", "Engineering", "Day"),
    ("Amélie Dubois", "Human Resources", "Day"),
];

pub const CAMERAS: [&str; 3] = ["Main entrance", "Lobby", "Loading bay north"];

#[derive(Clone, Copy, PartialEq)]
pub enum Mark {
    Present,
    Late,
    Missed,
}

impl Mark {
    pub fn word(self) -> &'static str {
        match self {
            Self::Present => "Present",
            Self::Late => "Late",
            Self::Missed => "Missed",
        }
    }
}

/// One person's day.
pub struct Presence {
    pub date: NaiveDate,
    pub person: usize,
    pub mark: Mark,
    pub time_in: Option<NaiveTime>,
    pub time_out: Option<NaiveTime>,
    pub worked: i64,
    pub camera: &'static str,
}

/// All presences of a working day; none on others.
pub fn presences(date: NaiveDate) -> Vec<Presence> {
    if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
        return Vec::new();
    }
    let drawn =
        |person: u32| (date.num_days_from_ce().unsigned_abs() * 131 + person * 977) % 10_007 * 7919 % 10_007;
    (0..).zip(0..PEOPLE.len()).map(|(n, person)| presence(date, person, drawn(n))).collect()
}

fn presence(date: NaiveDate, person: usize, drawn: u32) -> Presence {
    let start = match PEOPLE[person].2 {
        "Early" => 6 * 3600,
        "Late" => 14 * 3600,
        "Night" => 22 * 3600,
        _ => 8 * 3600,
    };
    let mark = match drawn % 29 {
        0 => Mark::Missed,
        1..=3 => Mark::Late,
        _ => Mark::Present,
    };
    let arrival = if mark == Mark::Late { start + 1000 + drawn % 2400 } else { start - 60 - drawn % 900 };
    let length = 29_400 + drawn % 3_000;
    let seen = mark != Mark::Missed;
    let left = seen && drawn % 37 != 5;
    Presence {
        date,
        person,
        mark,
        time_in: seen.then(|| time(arrival)),
        time_out: left.then(|| time(arrival + length)),
        worked: if left { i64::from(length / 60) } else { 0 },
        camera: CAMERAS[drawn as usize % CAMERAS.len()],
    }
}
