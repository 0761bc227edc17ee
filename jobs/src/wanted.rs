//! From the filters that somebody asked with to a [`Content`]: which filter belongs to which kind of document, what is meant where
//! one is absent, and everything that is wrong with them. API and scheduler share it, so that a schedule which was accepted
//! can be run.

use std::ops::RangeInclusive;

use chrono::{Datelike as _, Days, Months, NaiveDate};
use entity::{
    Level,
    attendance_log::{self, OdooStatus, Status},
    export_job::ExportKind,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Content;

/// Years that PostgreSQL and people write in the same way.
const YEARS: RangeInclusive<i32> = 1..=9_999;

/// Filters as they are asked with; which of them apply depends on the kind of document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is described where it ends up, in `Content`")]
pub struct Wanted {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_from: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_to: Option<NaiveDate>,
    /// For schedules, in place of dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odoo_status: Option<OdooStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Level>,
}

/// The whole day, week or month before the one in which a schedule ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Yesterday.
    Day,
    /// Monday to Sunday.
    Week,
    /// The first to the last.
    Month,
}

/// A filter that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongFilter {
    /// Its name.
    pub field: &'static str,
    /// What is wrong with it, for people.
    pub issue: String,
}

/// Who asks, which decides about what is meant where no date is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A person: the running day or month.
    Person,
    /// A schedule: the one before.
    Schedule,
}

/// What each kind of document can be filtered by.
const FILTERS: [(ExportKind, &[&str]); 6] = [
    (
        ExportKind::Attendance,
        &["search", "cameraId", "dateFrom", "dateTo", "odooStatus", "status", "department"],
    ),
    (ExportKind::Daily, &["date", "department"]),
    (ExportKind::Monthly, &["year", "month", "department"]),
    (ExportKind::Department, &["dateFrom", "dateTo", "department"]),
    (ExportKind::Audit, &["dateFrom", "dateTo", "actor", "action", "severity"]),
    (ExportKind::History, &["employeeId", "dateFrom", "dateTo", "cameraId"]),
];
const DATES: [&str; 5] = ["date", "year", "month", "dateFrom", "dateTo"];

impl Wanted {
    /// The content that is meant on the day `today` of the site.
    ///
    /// # Errors
    /// Every filter that is wrong.
    pub fn content(
        &self,
        kind: ExportKind,
        asker: Asker,
        today: NaiveDate,
    ) -> Result<Content, Vec<WrongFilter>> {
        let wrong = self.wrong(kind, asker);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(match asker {
            Asker::Person => self.resolved(kind, today),
            Asker::Schedule => self.before(kind, today).resolved(kind, today),
        })
    }

    fn wrong(&self, kind: ExportKind, asker: Asker) -> Vec<WrongFilter> {
        let mut wrong = self.strangers(kind, asker);
        let years = [("date", self.date), ("dateFrom", self.date_from), ("dateTo", self.date_to)];
        let out = years.into_iter().filter(|(_, day)| day.is_some_and(|day| !YEARS.contains(&day.year())));
        wrong.extend(out.map(|(field, _)| issue(field, "must have a year from 1 to 9999")));
        if self.year.is_some_and(|year| !YEARS.contains(&year)) {
            wrong.push(issue("year", "must be from 1 to 9999"));
        }
        if self.month.is_some_and(|month| !(1..=12).contains(&month)) {
            wrong.push(issue("month", "must be from 1 to 12"));
        }
        if self.date_from.zip(self.date_to).is_some_and(|(from, to)| from > to) {
            wrong.push(issue("dateFrom", "must not be after dateTo"));
        }
        if asker == Asker::Schedule
            && own_period(kind).is_some_and(|own| self.period.is_some_and(|given| given != own))
        {
            wrong.push(issue("period", "follows from the kind of document: leave it out"));
        }
        if kind == ExportKind::History && self.employee_id.is_none() {
            wrong.push(issue("employeeId", "is required"));
        }
        wrong
    }

    /// Filters that are given and mean nothing for this kind of document.
    fn strangers(&self, kind: ExportKind, asker: Asker) -> Vec<WrongFilter> {
        let known = FILTERS.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, names)| names);
        let Ok(Value::Object(given)) = serde_json::to_value(self) else { return Vec::new() };
        let fits = |name: &str| match asker {
            Asker::Person => known.contains(&name),
            Asker::Schedule => name == "period" || (known.contains(&name) && !DATES.contains(&name)),
        };
        let names = FILTERS.iter().flat_map(|(_, names)| *names).chain(&["period"]);
        let mut strangers: Vec<_> =
            names.copied().filter(|name| given.contains_key(*name) && !fits(name)).collect();
        strangers.sort_unstable();
        strangers.dedup();
        strangers.into_iter().map(|name| issue(name, why_not(name, asker))).collect()
    }

    /// The same with the dates of the period before `today`.
    fn before(&self, kind: ExportKind, today: NaiveDate) -> Self {
        let period = own_period(kind).or(self.period).unwrap_or(Period::Month);
        let (from, to) = period.before(today);
        let dated = Self { period: None, ..self.clone() };
        match kind {
            ExportKind::Daily => Self { date: Some(from), ..dated },
            ExportKind::Monthly => Self { year: Some(from.year()), month: Some(from.month()), ..dated },
            ExportKind::Attendance | ExportKind::Department | ExportKind::Audit | ExportKind::History => {
                Self { date_from: Some(from), date_to: Some(to), ..dated }
            }
        }
    }

    fn resolved(&self, kind: ExportKind, today: NaiveDate) -> Content {
        let wanted = self.clone();
        let to = self.date_to.unwrap_or_else(|| self.date_from.map_or(today, |from| from.max(today)));
        let from = self.date_from.unwrap_or_else(|| first_of_month(to));
        match kind {
            ExportKind::Attendance => Content::Attendance(attendance_log::Filter {
                search: wanted.search,
                camera_id: wanted.camera_id,
                date_from: wanted.date_from,
                date_to: wanted.date_to,
                odoo_status: wanted.odoo_status,
                status: wanted.status,
                department: wanted.department,
                ..attendance_log::Filter::default()
            }),
            ExportKind::Daily => {
                Content::Daily { date: self.date.unwrap_or(today), department: wanted.department }
            }
            ExportKind::Monthly => Content::Monthly {
                year: self.year.unwrap_or_else(|| today.year()),
                month: self.month.unwrap_or_else(|| today.month()),
                department: wanted.department,
            },
            ExportKind::Department => Content::Department { from, to, department: wanted.department },
            ExportKind::Audit => Content::Audit {
                from,
                to,
                actor: wanted.actor,
                action: wanted.action,
                severity: wanted.severity,
            },
            ExportKind::History => Content::History {
                employee_id: wanted.employee_id.unwrap_or_default(),
                from,
                to,
                camera_id: wanted.camera_id,
            },
        }
    }
}

impl Period {
    /// First and last day of the whole one before the one that `today` is in.
    fn before(self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let (first, days) = match self {
            Self::Day => (today, 1),
            Self::Week => (today - Days::new(today.weekday().num_days_from_monday().into()), 7),
            Self::Month => {
                let first = first_of_month(today);
                return (first - Months::new(1), first - Days::new(1));
            }
        };
        (first - Days::new(days), first - Days::new(1))
    }
}

/// The period that a kind of document tells of by its nature.
fn own_period(kind: ExportKind) -> Option<Period> {
    match kind {
        ExportKind::Daily => Some(Period::Day),
        ExportKind::Monthly => Some(Period::Month),
        ExportKind::Attendance | ExportKind::Department | ExportKind::Audit | ExportKind::History => None,
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.day0()))
}

fn issue(field: &'static str, issue: impl Into<String>) -> WrongFilter {
    WrongFilter { field, issue: issue.into() }
}

fn why_not(name: &str, asker: Asker) -> &'static str {
    match asker {
        Asker::Person if name == "period" => "is for schedules only: give dates",
        Asker::Schedule if DATES.contains(&name) => "would be the same in every report: give a period",
        Asker::Person | Asker::Schedule => "is no filter of this kind of document",
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn wanted(json: &str) -> Wanted {
        serde_json::from_str(json).unwrap()
    }

    /// A Wednesday.
    const TODAY: &str = "2026-03-11";

    fn refused(json: &str, kind: ExportKind, asker: Asker) -> Vec<&'static str> {
        let wrong = wanted(json).content(kind, asker, day(TODAY)).unwrap_err();
        wrong.into_iter().map(|wrong| wrong.field).collect()
    }

    #[test]
    fn what_a_person_leaves_out_is_the_running_day_or_month() {
        let content = |kind| wanted("{}").content(kind, Asker::Person, day(TODAY)).unwrap();
        assert_eq!(content(ExportKind::Daily), Content::Daily { date: day(TODAY), department: None });
        assert_eq!(content(ExportKind::Monthly), Content::Monthly { year: 2026, month: 3, department: None });
        assert_eq!(
            content(ExportKind::Department),
            Content::Department { from: day("2026-03-01"), to: day(TODAY), department: None }
        );
        assert_eq!(content(ExportKind::Attendance), Content::Attendance(attendance_log::Filter::default()));
    }

    #[test]
    fn a_schedule_reports_the_whole_day_week_or_month_before() {
        let dates = |json: &str, today: &str| {
            let content = wanted(json).content(ExportKind::Department, Asker::Schedule, day(today)).unwrap();
            let Content::Department { from, to, .. } = content else { panic!("{content:?}") };
            (from.to_string(), to.to_string())
        };
        let of = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(dates(r#"{"period":"day"}"#, "2026-03-01"), of("2026-02-28", "2026-02-28"));
        assert_eq!(dates(r#"{"period":"week"}"#, TODAY), of("2026-03-02", "2026-03-08"));
        assert_eq!(dates(r#"{"period":"week"}"#, "2026-03-09"), of("2026-03-02", "2026-03-08"));
        assert_eq!(dates("{}", TODAY), of("2026-02-01", "2026-02-28"));
        assert_eq!(dates("{}", "2026-01-31"), of("2025-12-01", "2025-12-31"));
        let daily = wanted("{}").content(ExportKind::Daily, Asker::Schedule, day(TODAY)).unwrap();
        assert_eq!(daily, Content::Daily { date: day("2026-03-10"), department: None });
        let monthly = wanted("{}").content(ExportKind::Monthly, Asker::Schedule, day("2026-01-01")).unwrap();
        assert_eq!(monthly, Content::Monthly { year: 2025, month: 12, department: None });
    }

    #[test]
    fn every_wrong_filter_is_named() {
        let (person, schedule) = (Asker::Person, Asker::Schedule);
        assert_eq!(
            refused(r#"{"actor":"a","month":13,"employeeId":"E","year":0}"#, ExportKind::Monthly, person),
            ["actor", "employeeId", "year", "month"]
        );
        assert_eq!(refused(r#"{"period":"day"}"#, ExportKind::Daily, person), ["period"]);
        assert_eq!(refused(r#"{"date":"2026-01-01"}"#, ExportKind::Daily, schedule), ["date"]);
        assert_eq!(refused(r#"{"period":"week"}"#, ExportKind::Daily, schedule), ["period"]);
        assert_eq!(refused(r#"{"period":"day"}"#, ExportKind::Monthly, schedule), ["period"]);
        assert!(wanted(r#"{"period":"day"}"#).content(ExportKind::Daily, schedule, day(TODAY)).is_ok());
        assert_eq!(refused("{}", ExportKind::History, person), ["employeeId"]);
        let reversed = r#"{"dateFrom":"2026-02-02","dateTo":"2026-02-01"}"#;
        assert_eq!(refused(reversed, ExportKind::Audit, person), ["dateFrom"]);
    }

    #[test]
    fn a_content_comes_out_of_a_payload_as_it_went_in() {
        let search = Content::Attendance(attendance_log::Filter {
            search: Some("Ölmez".to_owned()),
            date_from: Some(day(TODAY)),
            status: Some(Status::Late),
            ..attendance_log::Filter::default()
        });
        let history = wanted(r#"{"employeeId":"EMP-1"}"#);
        let history = history.content(ExportKind::History, Asker::Person, day(TODAY)).unwrap();
        for content in [search, history] {
            let kept = serde_json::to_value(&content).unwrap();
            assert_eq!(serde_json::from_value::<Content>(kept).unwrap(), content);
        }
    }
}
