//! Records of `hr.attendance`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{error::OdooError, moment};

/// When an attendance began and ended, in whole seconds as Odoo keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Times {
    /// Its begin.
    pub check_in: DateTime<Utc>,
    /// Its end; `None` while it is open.
    pub check_out: Option<DateTime<Utc>>,
}

impl Times {
    /// The times, cut to whole seconds.
    #[must_use]
    pub fn new(check_in: DateTime<Utc>, check_out: Option<DateTime<Utc>>) -> Self {
        Self { check_in: moment::whole_second(check_in), check_out: check_out.map(moment::whole_second) }
    }

    fn values(&self) -> Value {
        let check_out = self.check_out.map_or(Value::Bool(false), |at| moment::written(at).into());
        json!({ "check_in": moment::written(self.check_in), "check_out": check_out })
    }
}

/// A record to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRecord {
    /// Whose, by Odoo's id.
    pub employee: i64,
    /// When.
    pub times: Times,
}

impl NewRecord {
    pub(crate) fn values(&self) -> Value {
        let mut values = self.times.values();
        values["employee_id"] = self.employee.into();
        values
    }
}

/// A record as it stands in Odoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: i64,
    /// Whose, by Odoo's id.
    pub employee: i64,
    /// When.
    pub times: Times,
    /// Whether Odoo itself ended it: its automatic check-out, or the record that covers an absence. Only the newer versions
    /// tell.
    pub ended_by_odoo: bool,
}

impl Record {
    /// Reads a row of `search_read`.
    pub(crate) fn read(row: &Value) -> Result<Self, OdooError> {
        let wrong = || OdooError::unexpected("an attendance that cannot be read");
        let time = |key: &str| row.get(key).and_then(Value::as_str).map(moment::read);
        // A reference is its id and its name.
        let employee = row.get("employee_id").and_then(|pair| pair.get(0)?.as_i64());
        let mode = row.get("out_mode").and_then(Value::as_str);
        Ok(Self {
            id: row.get("id").and_then(Value::as_i64).ok_or_else(wrong)?,
            employee: employee.ok_or_else(wrong)?,
            times: Times {
                check_in: time("check_in").flatten().ok_or_else(wrong)?,
                check_out: time("check_out").map(|read| read.ok_or_else(wrong)).transpose()?,
            },
            ended_by_odoo: matches!(mode, Some("auto_check_out" | "technical")),
        })
    }
}

/// The values that make a record's times `times`. One that Odoo had ended by itself is said to be ended by hand from now on.
pub(crate) fn changes(times: Times, replaces_automatic: bool) -> Value {
    let mut values = times.values();
    if replaces_automatic {
        values["out_mode"] = "manual".into();
    }
    values
}
