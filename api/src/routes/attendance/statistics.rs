//! `/attendance/statistics`: logs in numbers, as charts show them.

use chrono::NaiveDate;
use entity::{
    attendance_log::Filter,
    attendance_statistics::{self as counted, Bucket, Counts, Grouping},
};
use poem_openapi::{Enum, Object};

/// What a bucket stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum GroupBy {
    /// An hour of the site's day in which people came.
    Hour,
    /// A day of the site.
    Day,
    /// The camera of the first sighting.
    Camera,
    /// The department at that time.
    Department,
}

impl From<GroupBy> for Grouping {
    fn from(by: GroupBy) -> Self {
        match by {
            GroupBy::Hour => Self::Hour,
            GroupBy::Day => Self::Day,
            GroupBy::Camera => Self::Camera,
            GroupBy::Department => Self::Department,
        }
    }
}

/// Logs, counted.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct StatisticsCounts {
    /// Logs of people who came in time.
    present: i64,
    /// Logs of people who came late.
    late: i64,
    /// Logs of people who did not come.
    missed: i64,
    /// All logs.
    total: i64,
    /// Different people among them.
    unique_people: i64,
    /// Mean confidence of the first sightings, 0 to 100, to one decimal place; null where no log has one.
    average_accuracy: Option<f64>,
}

impl From<Counts> for StatisticsCounts {
    fn from(counts: Counts) -> Self {
        let Counts { present, late, missed, total, unique_people, average_accuracy } = counts;
        let average_accuracy = average_accuracy.map(to_one_place);
        Self { present, late, missed, total, unique_people, average_accuracy }
    }
}

fn to_one_place(percent: f64) -> f64 {
    (percent * 10.0).round() / 10.0
}

/// One bucket.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct StatisticsBucket {
    /// `00` to `23`, a date, a camera's id or a department's name; empty for logs without a camera or department.
    key: String,
    /// The same for people: `08:00`, a date, a camera's or a department's name.
    label: String,
    /// What is in it.
    #[oai(flatten)]
    counts: StatisticsCounts,
}

impl From<Bucket> for StatisticsBucket {
    fn from(Bucket { key, label, counts }: Bucket) -> Self {
        Self { key, label, counts: counts.into() }
    }
}

/// Attendance in numbers.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct AttendanceStatistics {
    /// What the buckets stand for.
    group_by: GroupBy,
    /// First day counted.
    date_from: NaiveDate,
    /// Last day counted.
    date_to: NaiveDate,
    /// Every hour, every day, or the cameras or departments that have a log; by key. Logs without a time of arrival are in no hour.
    buckets: Vec<StatisticsBucket>,
    /// All logs together, also those that are in no hour; people of several buckets count once.
    totals: StatisticsCounts,
}

impl AttendanceStatistics {
    /// The answer about the days from `first` to `last`.
    pub fn new(group_by: GroupBy, (first, last): (NaiveDate, NaiveDate), found: counted::Statistics) -> Self {
        Self {
            group_by,
            date_from: first,
            date_to: last,
            buckets: found.buckets.into_iter().map(Into::into).collect(),
            totals: found.totals.into(),
        }
    }
}

/// The logs of some days that are counted.
pub fn logs(
    (first, last): (NaiveDate, NaiveDate),
    department: Option<String>,
    camera_id: Option<String>,
) -> Filter {
    Filter { date_from: Some(first), date_to: Some(last), department, camera_id, ..Filter::default() }
}
