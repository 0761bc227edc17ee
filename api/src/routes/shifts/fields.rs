//! What people send to make and change shifts, checked as a whole.

use std::collections::HashMap;

use chrono::NaiveTime;
use entity::{
    department,
    shift_schedule::{ActiveModel, Model},
};
use poem_openapi::{Object, types::MaybeUndefined};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait as _,
};
use uuid::Uuid;

use crate::{
    clock,
    error::{ApiError, FieldIssue},
    extract::OneLine,
};

/// A new shift.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct NewShift {
    /// Id; the next `SHIFT-NN` where absent.
    #[oai(validator(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]*$"))]
    pub id: Option<String>,
    /// Name.
    #[oai(validator(min_length = 1, max_length = 120))]
    pub name: OneLine,
    /// Begin, `HH:MM:SS` of the site.
    #[oai(validator(max_length = 8))]
    pub start_time: String,
    /// End, `HH:MM:SS` of the site; not after the start means on the next day.
    #[oai(validator(max_length = 8))]
    pub end_time: String,
    /// Days on which it begins: 1 is Monday, 7 is Sunday.
    #[oai(validator(min_items = 1, max_items = 7))]
    pub days: Vec<i32>,
    /// Where.
    #[oai(validator(max_length = 200))]
    pub location: Option<OneLine>,
    /// Minutes after the start that are not late yet, 0 to 1,439; 0 where absent.
    #[oai(validator(minimum(value = "0"), maximum(value = "1439")))]
    pub grace_minutes: Option<i32>,
    /// How many people are expected; 0 where absent.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    pub expected_headcount: Option<i32>,
    /// For whom; everybody where absent.
    pub department_id: Option<Uuid>,
}

/// Changes of a shift: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ShiftChanges {
    /// Name.
    #[oai(validator(min_length = 1, max_length = 120))]
    pub name: Option<OneLine>,
    /// Begin, `HH:MM:SS` of the site.
    #[oai(validator(max_length = 8))]
    pub start_time: Option<String>,
    /// End, `HH:MM:SS` of the site; not after the start means on the next day.
    #[oai(validator(max_length = 8))]
    pub end_time: Option<String>,
    /// Days on which it begins: 1 is Monday, 7 is Sunday.
    #[oai(validator(min_items = 1, max_items = 7))]
    pub days: Option<Vec<i32>>,
    /// Where; null means nowhere in particular.
    #[oai(validator(max_length = 200))]
    pub location: MaybeUndefined<OneLine>,
    /// Minutes after the start that are not late yet.
    #[oai(validator(minimum(value = "0"), maximum(value = "1439")))]
    pub grace_minutes: Option<i32>,
    /// How many people are expected.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    pub expected_headcount: Option<i32>,
    /// For whom; null means for everybody.
    pub department_id: MaybeUndefined<Uuid>,
}

impl From<NewShift> for ShiftChanges {
    fn from(new: NewShift) -> Self {
        Self {
            name: Some(new.name),
            start_time: Some(new.start_time),
            end_time: Some(new.end_time),
            days: Some(new.days),
            location: new.location.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
            grace_minutes: new.grace_minutes,
            expected_headcount: new.expected_headcount,
            department_id: new.department_id.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
        }
    }
}

/// Names of the departments, by id.
///
/// # Errors
/// The database's.
pub async fn departments(db: &impl ConnectionTrait) -> Result<HashMap<Uuid, String>, ApiError> {
    let rows = department::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

impl ShiftChanges {
    /// The columns to write; `current` is the shift they are written to, if it exists.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn columns(
        self,
        current: Option<&Model>,
        departments: &HashMap<Uuid, String>,
    ) -> Result<ActiveModel, ApiError> {
        let mut issues = Issues(Vec::new());
        let start_time = self.start_time.as_deref().and_then(|text| issues.time("startTime", text));
        let end_time = self.end_time.as_deref().and_then(|text| issues.time("endTime", text));
        let begins = start_time.or(current.map(|row| row.start_time));
        if begins.is_some() && begins == end_time.or(current.map(|row| row.end_time)) {
            issues.add("endTime", "must differ from the start");
        }
        let name = self.name.map(|name| name.0.trim().to_owned());
        if name.as_deref() == Some("") {
            issues.add("name", "must not be blank");
        }
        let days = self.days.map(|days| issues.days(days));
        if let MaybeUndefined::Value(id) = &self.department_id
            && !departments.contains_key(id)
        {
            issues.add("departmentId", "there is no such department");
        }
        if !issues.0.is_empty() {
            return Err(ApiError::Validation(issues.0));
        }
        Ok(ActiveModel {
            name: name.map_or(NotSet, Set),
            start_time: start_time.map_or(NotSet, Set),
            end_time: end_time.map_or(NotSet, Set),
            days: days.map_or(NotSet, Set),
            location: match self.location {
                MaybeUndefined::Undefined => NotSet,
                MaybeUndefined::Null => Set(None),
                MaybeUndefined::Value(text) => Set(Some(text.0.trim().to_owned())),
            },
            grace_minutes: self.grace_minutes.map_or(NotSet, Set),
            expected_headcount: self.expected_headcount.map_or(NotSet, Set),
            department_id: match self.department_id {
                MaybeUndefined::Undefined => NotSet,
                MaybeUndefined::Null => Set(None),
                MaybeUndefined::Value(id) => Set(Some(id)),
            },
            ..Default::default()
        })
    }
}

struct Issues(Vec<FieldIssue>);

impl Issues {
    fn add(&mut self, field: &str, issue: &str) {
        self.0.push(FieldIssue::new(field, issue));
    }

    fn time(&mut self, field: &str, text: &str) -> Option<NaiveTime> {
        let time = clock::time_of_day(text.trim());
        if time.is_none() {
            self.add(field, "must be a time of day, HH:MM:SS");
        }
        time
    }

    /// In order, each once.
    fn days(&mut self, mut days: Vec<i32>) -> Vec<i32> {
        if days.iter().any(|day| !(1..=7).contains(day)) {
            self.add("days", "must be weekdays, 1 (Monday) to 7 (Sunday)");
        }
        days.sort_unstable();
        days.dedup();
        days
    }
}
