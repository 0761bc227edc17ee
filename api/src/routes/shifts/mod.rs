//! `/shifts`: when people are expected, and how well that was kept.

mod edits;
mod fields;
mod shift;

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;
use entity::shift_schedule;
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};

use self::{
    fields::{NewShift, ShiftChanges},
    shift::Shift,
};
use super::{
    Tag,
    site::{Calendar, Given},
};
use crate::{
    auth::{Auth, SystemRead, SystemWrite},
    envelope::{Created, NoContent, Reply},
    error::ApiError,
    extract::Body,
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

#[OpenApi(prefix_path = "/shifts", tag = "Tag::Attendance")]
impl Api {
    /// List shifts
    ///
    /// Each with its compliance from `dateFrom` to `dateTo`, both included; the last 30 days where absent.
    #[oai(path = "/", method = "get")]
    async fn list(
        &self,
        _auth: Auth<SystemRead>,
        #[oai(name = "dateFrom")] date_from: Query<Option<NaiveDate>>,
        #[oai(name = "dateTo")] date_to: Query<Option<NaiveDate>>,
    ) -> Result<Reply<Vec<Shift>>, ApiError> {
        let from = Given { name: "dateFrom", day: date_from.0 };
        let to = Given { name: "dateTo", day: date_to.0 };
        let (first, last) = Calendar::now(&self.0).await?.days(from, to)?;
        self.with_compliance(shift_schedule::all(&self.0.db).await?, first, last).await.map(Reply)
    }

    /// Make a shift
    ///
    /// In force within five seconds. An end that is not after the start is on the next day.
    #[oai(path = "/", method = "post")]
    async fn create(
        &self,
        auth: Auth<SystemWrite>,
        body: Body<NewShift>,
    ) -> Result<Created<Shift>, ApiError> {
        let row = edits::create(&self.0, &auth.call, body.0).await?;
        self.one(row).await.map(Created)
    }

    /// Change a shift
    ///
    /// In force within five seconds, for sightings from then on; what the body leaves out stays as it is.
    #[oai(path = "/:id", method = "put")]
    async fn change(
        &self,
        auth: Auth<SystemWrite>,
        id: Path<String>,
        body: Body<ShiftChanges>,
    ) -> Result<Reply<Shift>, ApiError> {
        let row = edits::change(&self.0, &auth.call, &id.0, body.0).await?;
        self.one(row).await.map(Reply)
    }

    /// Delete a shift
    ///
    /// Logs that were judged by it stay as they are.
    #[oai(path = "/:id", method = "delete")]
    async fn delete(&self, auth: Auth<SystemWrite>, id: Path<String>) -> Result<NoContent, ApiError> {
        edits::delete(&self.0, &auth.call, &id.0).await?;
        Ok(NoContent)
    }
}

impl Api {
    async fn one(&self, row: shift_schedule::Model) -> Result<Shift, ApiError> {
        let usual = Given { name: "dateFrom", day: None };
        let (first, last) = Calendar::now(&self.0).await?.days(usual, Given { name: "dateTo", day: None })?;
        let mut shifts = self.with_compliance(vec![row], first, last).await?;
        shifts.pop().ok_or_else(|| ApiError::not_found("shift"))
    }

    async fn with_compliance(
        &self,
        rows: Vec<shift_schedule::Model>,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<Shift>, ApiError> {
        let kept = shift_schedule::kept(&self.0.db, first, last).await?;
        let mut kept: HashMap<_, _> = kept.into_iter().map(|kept| (kept.shift_id.clone(), kept)).collect();
        let departments = fields::departments(&self.0.db).await?;
        let shift = |row: shift_schedule::Model| {
            let department = row.department_id.and_then(|id| departments.get(&id).cloned());
            let kept = kept.remove(&row.id);
            Shift::new(row, department, kept, (first, last))
        };
        Ok(rows.into_iter().map(shift).collect())
    }
}
