//! What Rollcall asks of Odoo, whichever protocol carries it.

use std::{fmt, sync::Arc};

use serde_json::{Value, json};

use crate::{
    attendance::{self, NewRecord, Record, Times},
    call::{Call, Protocol},
    error::OdooError,
    moment,
    version::Version,
};

pub(crate) const ATTENDANCE: &str = "hr.attendance";
pub(crate) const EMPLOYEE: &str = "hr.employee";

/// Something that rights allow or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Reading.
    Read,
    /// Making.
    Create,
    /// Changing.
    Write,
    /// Removing.
    Unlink,
}

impl Operation {
    /// Odoo's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Write => "write",
            Self::Unlink => "unlink",
        }
    }
}

/// A server to which one is signed in. Cheap to clone; all calls share one pool of connections.
#[derive(Clone)]
pub struct Client {
    protocol: Arc<dyn Protocol>,
    version: Version,
    company: Option<String>,
    has_out_mode: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("version", &self.version).finish_non_exhaustive()
    }
}

impl Client {
    pub(crate) async fn new(
        protocol: Arc<dyn Protocol>,
        version: Version,
        company: Option<String>,
    ) -> Result<Self, OdooError> {
        let mut client = Self { protocol, version, company, has_out_mode: false };
        client.has_out_mode = client.has_field("out_mode").await?;
        Ok(client)
    }

    /// The server's version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    pub(crate) fn company(&self) -> Option<&str> {
        self.company.as_deref()
    }

    pub(crate) async fn call(&self, call: Call) -> Result<Value, OdooError> {
        self.protocol.call(&call).await
    }

    async fn has_field(&self, name: &str) -> Result<bool, OdooError> {
        let ask = Call::of(ATTENDANCE, "fields_get")
            .named("allfields", json!([name]))
            .named("attributes", json!(["type"]));
        match self.call(ask).await {
            Ok(fields) => Ok(fields.get(name).is_some()),
            // Versions up to 18 call an unknown model a fault of the user's.
            Err(OdooError::NotFound(_) | OdooError::Validation(_)) => {
                Err(OdooError::NotFound("the app Attendances is not installed there".to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the user may do this with any attendance at all; single ones may still be out of reach.
    ///
    /// # Errors
    /// Every [`OdooError`].
    pub async fn may(&self, operation: Operation) -> Result<bool, OdooError> {
        self.may_on(ATTENDANCE, operation).await
    }

    /// Whether the user may read employees.
    ///
    /// # Errors
    /// Every [`OdooError`].
    pub async fn may_read_employees(&self) -> Result<bool, OdooError> {
        self.may_on(EMPLOYEE, Operation::Read).await
    }

    /// `has_access` came with 18, when `check_access_rights` was marked as going.
    async fn may_on(&self, model: &'static str, operation: Operation) -> Result<bool, OdooError> {
        let ask = if self.version.major >= 18 {
            Call::on(model, "has_access", Vec::new()).placed("operation", operation.as_str())
        } else {
            Call::of(model, "check_access_rights")
                .placed("operation", operation.as_str())
                .placed("raise_exception", false)
        };
        match self.call(ask).await {
            Ok(answer) => Ok(answer.as_bool().unwrap_or(false)),
            Err(OdooError::NoRights(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes records, all of them or none, and answers their ids in the same order.
    ///
    /// # Errors
    /// Every [`OdooError`]; where [`OdooError::is_unsure`], they may be there.
    pub async fn create(&self, records: &[NewRecord]) -> Result<Vec<i64>, OdooError> {
        let values: Vec<_> = records.iter().map(NewRecord::values).collect();
        let create =
            Call::of(ATTENDANCE, "create").placed("vals_list", values).context("tracking_disable", true);
        let made = self.call(create).await?;
        let ids: Option<Vec<_>> = made.as_array().and_then(|ids| ids.iter().map(Value::as_i64).collect());
        ids.filter(|ids| ids.len() == records.len())
            .ok_or_else(|| OdooError::unreadable("other ids than those of the records that were made"))
    }

    /// Sets a record's times. `replaces_automatic` says that Odoo itself had ended it.
    ///
    /// # Errors
    /// Every [`OdooError`]; where [`OdooError::is_unsure`], it may have been done.
    pub async fn write(&self, id: i64, times: Times, replaces_automatic: bool) -> Result<(), OdooError> {
        let values = attendance::changes(times, replaces_automatic && self.has_out_mode);
        let write = Call::on(ATTENDANCE, "write", vec![id]).placed("vals", values);
        self.call(write.context("tracking_disable", true)).await.map(drop)
    }

    /// Removes a record; one that is not there is none to remove.
    ///
    /// # Errors
    /// Every [`OdooError`] but [`OdooError::NotFound`].
    pub async fn remove(&self, id: i64) -> Result<(), OdooError> {
        match self.call(Call::on(ATTENDANCE, "unlink", vec![id])).await {
            Ok(_) | Err(OdooError::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The records with these ids, and those of these employees that begin at these times, in no order; what is not there is
    /// left out.
    ///
    /// # Errors
    /// Every [`OdooError`].
    pub async fn records(
        &self,
        ids: &[i64],
        begun: &[(i64, chrono::DateTime<chrono::Utc>)],
    ) -> Result<Vec<Record>, OdooError> {
        if ids.is_empty() && begun.is_empty() {
            return Ok(Vec::new());
        }
        let mut fields = vec!["employee_id", "check_in", "check_out"];
        if self.has_out_mode {
            fields.push("out_mode");
        }
        let read =
            Call::of(ATTENDANCE, "search_read").named("domain", domain(ids, begun)).named("fields", fields);
        let rows = self.call(read.context("active_test", false)).await?;
        let rows = rows.as_array().ok_or_else(|| OdooError::unexpected("no list of attendances"))?;
        rows.iter().map(Record::read).collect()
    }
}

/// A condition in Polish notation, as Odoo writes them.
fn domain(ids: &[i64], begun: &[(i64, chrono::DateTime<chrono::Utc>)]) -> Value {
    let mut parts = vec![vec![json!(["id", "in", ids])]];
    parts.extend(begun.iter().map(|(employee, at)| {
        vec![
            json!("&"),
            json!(["employee_id", "=", employee]),
            json!(["check_in", "=", moment::written(*at)]),
        ]
    }));
    let either = std::iter::repeat_n(json!("|"), parts.len() - 1);
    either.chain(parts.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_asked_for_by_id_or_by_person_and_begin() {
        let at = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap_or_default();
        let expected = json!([
            "|",
            ["id", "in", [1, 2]],
            "&",
            ["employee_id", "=", 5],
            ["check_in", "=", "2023-11-14 22:13:20"]
        ]);
        assert_eq!(domain(&[1, 2], &[(5, at)]), expected);
        assert_eq!(domain(&[1], &[]), json!([["id", "in", [1]]]));
    }
}
