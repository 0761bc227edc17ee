//! `/attendance`, in numbers and at a glance: what the dashboard polls.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::{attendance_log::Filter, attendance_statistics as counted, attendance_today};
use poem_openapi::{OpenApi, param::Query};

use super::{
    super::{
        Tag,
        site::{Calendar, Given},
        text,
    },
    log::AttendanceLog,
    overview::AttendanceOverview,
    statistics::{self, AttendanceStatistics, GroupBy},
    today::{PersonToday, TodayStatus},
};
use crate::{
    auth::{AttendanceRead, Auth},
    envelope::Page,
    error::ApiError,
    extract::{PageNumber, PageSize, Paging},
    machinery::Day,
    polled::{IfNoneMatch, Polled, PolledPage, Prepared},
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

#[OpenApi(prefix_path = "/attendance", tag = "Tag::Attendance")]
impl Api {
    /// Attendance in numbers
    ///
    /// Logs of the days from `dateFrom` to `dateTo`, both included and at most 366; the 30 days up to today where absent.
    /// `groupBy` is `day` where absent. Hours are those of arrival on the site's clock; every hour and every day has a bucket.
    #[oai(path = "/statistics", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "one for each query parameter of the contract")]
    async fn statistics(
        &self,
        _auth: Auth<AttendanceRead>,
        #[oai(name = "groupBy")] group_by: Query<Option<GroupBy>>,
        #[oai(name = "dateFrom")] from: Query<Option<NaiveDate>>,
        #[oai(name = "dateTo")] to: Query<Option<NaiveDate>>,
        department: Query<Option<String>>,
        #[oai(name = "cameraId")] camera_id: Query<Option<String>>,
        #[oai(name = "If-None-Match")] known: IfNoneMatch,
    ) -> Result<Polled<AttendanceStatistics>, ApiError> {
        let (from, to) = (Given { name: "dateFrom", day: from.0 }, Given { name: "dateTo", day: to.0 });
        let days = Calendar::now(&self.0).await?.days(from, to)?;
        let department = text::filter("department", department.0)?;
        let filter = statistics::logs(days, department, text::filter("cameraId", camera_id.0)?);
        let by = group_by.0.unwrap_or(GroupBy::Day);
        let show = |found| Prepared::new(&AttendanceStatistics::new(by, days, found));
        let kept = &self.0.machinery.statistics;
        Ok(known.answer(kept.get(&self.0.db, by.into(), filter, show).await?))
    }

    /// A day at a glance
    ///
    /// `date` is today where absent. A night shift belongs to the day on which it begins. Logs count at once; who is on site, enrolled
    /// or expected may be known two seconds later.
    #[oai(path = "/overview", method = "get")]
    async fn overview(
        &self,
        _auth: Auth<AttendanceRead>,
        date: Query<Option<NaiveDate>>,
        #[oai(name = "If-None-Match")] known: IfNoneMatch,
    ) -> Result<Polled<AttendanceOverview>, ApiError> {
        let calendar = Calendar::now(&self.0).await?;
        let date = calendar.day("date", date.0)?;
        let (db, zone, is_today) = (&self.0.db, calendar.zone, date == calendar.today);
        let count = async || {
            let found = counted::overview(db, date, zone.name()).await?;
            Ok(Prepared::new(&AttendanceOverview::new(date, is_today, found)))
        };
        let day = Day { date, zone, is_today };
        Ok(known.answer(self.0.machinery.overviews.get(db, day, count).await?))
    }

    /// What Odoo has yet to get
    ///
    /// Logs whose transfer is pending or failed, newest day first.
    #[oai(path = "/pending", method = "get")]
    async fn pending(
        &self,
        _auth: Auth<AttendanceRead>,
        page: PageNumber,
        #[oai(name = "pageSize")] size: PageSize,
        #[oai(name = "If-None-Match")] known: IfNoneMatch,
    ) -> Result<PolledPage<AttendanceLog>, ApiError> {
        let (filter, paging) = (Filter { unsent: true, ..Filter::default() }, Paging::new(&page, &size));
        let found = self.0.machinery.log_lists.page(&self.0.db, &filter, paging.into()).await?;
        Ok(PolledPage::new(&known, Page::<AttendanceLog>::new(found, paging).into()))
    }

    /// Everybody's mark of today
    ///
    /// Every enrolled person, by name: with the log of the site's day, or absent. `search` looks for a part of name or employee id.
    #[oai(path = "/today", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "one for each query parameter of the contract")]
    async fn today(
        &self,
        _auth: Auth<AttendanceRead>,
        search: Query<Option<String>>,
        status: Query<Option<TodayStatus>>,
        department: Query<Option<String>>,
        page: PageNumber,
        #[oai(name = "pageSize")] size: PageSize,
        #[oai(name = "If-None-Match")] known: IfNoneMatch,
    ) -> Result<PolledPage<PersonToday>, ApiError> {
        let filter = attendance_today::Filter {
            search: text::filter("search", search.0)?,
            mark: status.0.map(Into::into),
            department: text::filter("department", department.0)?,
        };
        let (today, paging) = (Calendar::now(&self.0).await?.today, Paging::new(&page, &size));
        let found = attendance_today::list(&self.0.db, today, &filter, paging.into()).await?;
        Ok(PolledPage::new(&known, Page::<PersonToday>::new(found, paging).into()))
    }
}
