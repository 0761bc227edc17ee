//! What a document holds, fixed to the day: a job that is tried again an hour later makes the same document.

use chrono::NaiveDate;
use entity::{
    Level, attendance_log,
    export_job::{ExportFormat, ExportKind},
};
use queue::JobId;
use sea_orm::ActiveEnum as _;
use serde::{Deserialize, Serialize};

/// Rows of an export or a report. Days are days of the site, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Content {
    /// Attendance logs as the list of them is filtered.
    Attendance(attendance_log::Filter),
    /// Everybody on one day.
    Daily {
        /// The day.
        date: NaiveDate,
        /// Only this department, by its name.
        department: Option<String>,
    },
    /// Everybody's sums of one month.
    Monthly {
        /// Year.
        year: i32,
        /// 1 to 12.
        month: u32,
        /// Only this department, by its name.
        department: Option<String>,
    },
    /// Sums of departments.
    Department {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
        /// Only this one, by its name.
        department: Option<String>,
    },
    /// Who did what in the system.
    Audit {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
        /// Only done by this actor.
        actor: Option<String>,
        /// Only this action.
        action: Option<String>,
        /// Only what matters so much.
        severity: Option<Level>,
    },
    /// Sightings and attendance of one person, in order of time.
    History {
        /// The person.
        employee_id: String,
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
        /// Only at this camera.
        camera_id: Option<String>,
    },
}

impl Content {
    /// As the tables call it.
    #[must_use]
    pub fn kind(&self) -> ExportKind {
        match self {
            Self::Attendance(_) => ExportKind::Attendance,
            Self::Daily { .. } => ExportKind::Daily,
            Self::Monthly { .. } => ExportKind::Monthly,
            Self::Department { .. } => ExportKind::Department,
            Self::Audit { .. } => ExportKind::Audit,
            Self::History { .. } => ExportKind::History,
        }
    }

    /// The days that it is about, as they stand in names of files: `2026-11-01-to-2026-11-30`, `2026-11`, `2026-11-19`, `all`.
    #[must_use]
    pub fn period(&self) -> String {
        match self {
            Self::Attendance(filter) => match (filter.date_from, filter.date_to) {
                (Some(from), Some(to)) => days(from, to),
                (Some(from), None) => format!("from-{from}"),
                (None, Some(to)) => format!("until-{to}"),
                (None, None) => "all".to_owned(),
            },
            Self::Daily { date, .. } => date.to_string(),
            Self::Monthly { year, month, .. } => format!("{year:04}-{month:02}"),
            Self::Department { from, to, .. }
            | Self::Audit { from, to, .. }
            | Self::History { from, to, .. } => days(*from, *to),
        }
    }

    /// What stands on the document where its user gave it no title.
    #[must_use]
    pub fn title(&self) -> &'static str {
        title_of(self.kind())
    }
}

fn days(from: NaiveDate, to: NaiveDate) -> String {
    if from == to { from.to_string() } else { format!("{from}-to-{to}") }
}

/// The usual title of a kind of document.
#[must_use]
pub fn title_of(kind: ExportKind) -> &'static str {
    match kind {
        ExportKind::Attendance => "Attendance logs",
        ExportKind::Daily => "Daily attendance",
        ExportKind::Monthly => "Monthly attendance",
        ExportKind::Department => "Attendance by department",
        ExportKind::Audit => "Audit trail",
        ExportKind::History => "Personal history",
    }
}

/// Object storage key of the file that the job `id` makes: always the same one, so that a job which runs twice leaves one file.
#[must_use]
pub fn file_key(kind: ExportKind, format: ExportFormat, id: JobId) -> String {
    format!("exports/{}/{id}.{}", kind.to_value(), format.to_value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_tells_its_days() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap_or_default();
        let last = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap_or_default();
        let logs = |date_from, date_to| {
            Content::Attendance(attendance_log::Filter {
                date_from,
                date_to,
                ..attendance_log::Filter::default()
            })
        };
        let department = |from, to| Content::Department { from, to, department: None };
        for (content, period) in [
            (logs(None, None), "all"),
            (logs(Some(day), None), "from-2026-11-01"),
            (logs(None, Some(last)), "until-2026-11-30"),
            (logs(Some(day), Some(last)), "2026-11-01-to-2026-11-30"),
            (Content::Daily { date: day, department: None }, "2026-11-01"),
            (Content::Monthly { year: 2026, month: 3, department: None }, "2026-03"),
            (department(day, day), "2026-11-01"),
            (department(day, last), "2026-11-01-to-2026-11-30"),
        ] {
            assert_eq!(content.period(), period);
        }
    }
}
