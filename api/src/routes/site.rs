//! What the site's calendar says: by which zone its clocks go, and which day it is there.

use chrono::{Days, NaiveDate, Utc};
use chrono_tz::Tz;
use entity::system_config::Settings;

use super::text::{day_range, wrong_year};
use crate::{error::ApiError, state::App};

/// The calendar on the site's wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Time zone of the site.
    pub zone: Tz,
    /// The day that it is there.
    pub today: NaiveDate,
}

impl Calendar {
    /// The calendar as it is now.
    ///
    /// # Errors
    /// The database's.
    pub async fn now(app: &App) -> Result<Self, ApiError> {
        let zone = Settings::load(&app.db).await?.attendance_timezone;
        Ok(Self { zone, today: Utc::now().with_timezone(&zone).date_naive() })
    }

    /// `day`, or today where it is absent.
    ///
    /// # Errors
    /// A year that people do not write with four digits; names `name`.
    pub fn day(self, name: &'static str, day: Option<NaiveDate>) -> Result<NaiveDate, ApiError> {
        let day = day.unwrap_or(self.today);
        wrong_year(name, Some(day)).map_or(Ok(day), |issue| Err(ApiError::Validation(vec![issue])))
    }

    /// The days from `from` to `to`, both included. A last day that is absent is today, or the first where that is later;
    /// a first one that is absent makes it the month of 30 days that ends with the last.
    ///
    /// # Errors
    /// The first day is after the last, there are more than [`MAX_DAYS`], or a year has not four digits; names every wrong parameter.
    pub fn days(self, from: Given, to: Given) -> Result<(NaiveDate, NaiveDate), ApiError> {
        day_range((from.name, from.day), (to.name, to.day))?;
        let last = to.day.unwrap_or_else(|| from.day.map_or(self.today, |first| first.max(self.today)));
        let first = from.day.unwrap_or_else(|| last - Days::new(USUAL_DAYS - 1));
        match (last - first).num_days() {
            0..MAX_DAYS => Ok((first, last)),
            _ => Err(ApiError::field(
                from.name,
                format!("must be less than {MAX_DAYS} days before {}", to.name),
            )),
        }
    }
}

/// Most days that one answer tells of: a leap year.
pub const MAX_DAYS: i64 = 366;
/// Days where the client does not say.
const USUAL_DAYS: u64 = 30;

/// A day as a parameter gave it.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Name of the parameter.
    pub name: &'static str,
    /// What it said.
    pub day: Option<NaiveDate>,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(from: Option<&str>, to: Option<&str>) -> Result<(NaiveDate, NaiveDate), Vec<String>> {
        let calendar = Calendar { zone: Tz::UTC, today: day("2026-11-21") };
        let given = |name, text: Option<&str>| Given { name, day: text.map(|text| text.parse().unwrap()) };
        calendar.days(given("dateFrom", from), given("dateTo", to)).map_err(|error| match error {
            ApiError::Validation(issues) => issues.into_iter().map(|issue| issue.field).collect(),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn absent_days_are_the_thirty_up_to_today() {
        assert_eq!(days(None, None), Ok((day("2026-10-23"), day("2026-11-21"))));
        assert_eq!(days(Some("2026-11-01"), None), Ok((day("2026-11-01"), day("2026-11-21"))));
        assert_eq!(days(None, Some("2026-03-01")), Ok((day("2026-01-31"), day("2026-03-01"))));
        assert_eq!(days(Some("2026-12-24"), None), Ok((day("2026-12-24"), day("2026-12-24"))));
    }

    #[test]
    fn too_many_days_or_days_in_the_wrong_order_are_refused_by_name() {
        assert_eq!(days(Some("2024-01-01"), Some("2024-12-31")), Ok((day("2024-01-01"), day("2024-12-31"))));
        assert_eq!(days(Some("2024-01-01"), Some("2025-01-01")), Err(vec!["dateFrom".to_owned()]));
        assert_eq!(days(Some("2024-01-02"), Some("2024-01-01")), Err(vec!["dateFrom".to_owned()]));
        let both = vec!["dateFrom".to_owned(), "dateTo".to_owned()];
        assert_eq!(days(Some("-0001-01-02"), Some("+10000-01-01")), Err(both));
        assert_eq!(days(None, Some("-262143-01-05")), Err(vec!["dateTo".to_owned()]));
    }
}
