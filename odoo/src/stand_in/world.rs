//! What the stand-in knows: employees, attendances, and what its user may do.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    exception::{Exception, Kind},
    validity,
};
use crate::moment;

/// Somebody who works there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Employee {
    /// Its key.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Number of the badge.
    pub barcode: Option<String>,
    /// Number of a document; may repeat.
    pub identification_id: Option<String>,
    /// Mail address.
    pub work_email: Option<String>,
    /// Whether they no longer work there.
    pub archived: bool,
    /// Name of the company.
    pub company: String,
}

impl Employee {
    /// The value of a field, as `search_read` shows it.
    pub(super) fn value(&self, field: &str) -> Option<Value> {
        let text = |value: &Option<String>| value.as_ref().map_or(Value::Bool(false), |text| json!(text));
        Some(match field {
            "id" => json!(self.id),
            "name" => json!(self.name),
            "barcode" => text(&self.barcode),
            "identification_id" => text(&self.identification_id),
            "work_email" => text(&self.work_email),
            "active" => json!(!self.archived),
            "company_id.name" => json!(self.company),
            _ => return None,
        })
    }
}

/// When somebody was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Its key.
    pub id: i64,
    /// Whose.
    pub employee: i64,
    /// Its begin.
    pub check_in: DateTime<Utc>,
    /// Its end.
    pub check_out: Option<DateTime<Utc>>,
    /// Who ended it, from version 17 on.
    pub out_mode: String,
}

impl Attendance {
    /// The value of a field, as a condition compares it.
    pub(super) fn value(&self, field: &str) -> Option<Value> {
        Some(match field {
            "id" => json!(self.id),
            "employee_id" => json!(self.employee),
            "check_in" => json!(moment::written(self.check_in)),
            "check_out" => self.check_out.map_or(Value::Bool(false), |at| json!(moment::written(at))),
            "in_mode" => json!("manual"),
            "out_mode" => json!(self.out_mode),
            _ => return None,
        })
    }
}

/// What the user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Read employees.
    pub employees: bool,
    /// Read attendances.
    pub read: bool,
    /// Make, change and remove them.
    pub change: bool,
}

/// Everything.
#[derive(Debug)]
pub struct World {
    /// What the user may do.
    pub rights: Rights,
    /// Whether the user's key has expired.
    pub key_expired: bool,
    /// Whether its attendances are settled, so that none may be removed.
    pub keeps_all: bool,
    pub(super) version: u32,
    pub(super) employees: BTreeMap<i64, Employee>,
    pub(super) attendances: BTreeMap<i64, Attendance>,
    pub(super) of_employee: HashMap<i64, Vec<i64>>,
    pub(super) last_id: i64,
}

impl World {
    pub(super) fn new(version: u32) -> Self {
        Self {
            rights: Rights { employees: true, read: true, change: true },
            key_expired: false,
            keeps_all: false,
            version,
            employees: BTreeMap::new(),
            attendances: BTreeMap::new(),
            of_employee: HashMap::new(),
            last_id: 0,
        }
    }

    fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// Adds somebody, and answers their id.
    ///
    /// # Errors
    /// A badge that is somebody else's, or that this version does not take: from 18 on it is letters and digits, at most 18.
    pub fn hire(&mut self, employee: Employee) -> Result<i64, Exception> {
        let refuse = |message| Err(Exception::new(Kind::ValidationError, message));
        if let Some(badge) = &employee.barcode {
            let is_plain = badge.len() <= 18 && badge.chars().all(|c| c.is_ascii_alphanumeric());
            if self.version >= 18 && !is_plain {
                return refuse(
                    "The Badge ID must be alphanumeric without any accents and no longer than 18 characters.",
                );
            }
            if self.employees.values().any(|other| other.barcode.as_ref() == Some(badge)) {
                return refuse(
                    "The Badge ID must be unique, this one is already assigned to another employee.",
                );
            }
        }
        let id = self.next_id();
        self.employees.insert(id, Employee { id, ..employee });
        Ok(id)
    }

    /// Everybody.
    pub fn employees(&self) -> impl Iterator<Item = &Employee> {
        self.employees.values()
    }

    /// Every attendance, oldest id first.
    pub fn attendances(&self) -> impl Iterator<Item = &Attendance> {
        self.attendances.values()
    }

    /// The attendance with this id.
    #[must_use]
    pub fn attendance(&self, id: i64) -> Option<&Attendance> {
        self.attendances.get(&id)
    }

    /// Those of one employee.
    #[must_use]
    pub fn attendances_of(&self, employee: i64) -> Vec<&Attendance> {
        let ids = self.of_employee.get(&employee).into_iter().flatten();
        ids.filter_map(|id| self.attendances.get(id)).collect()
    }

    /// Makes attendances, all of them or none.
    ///
    /// # Errors
    /// What the rules refuse.
    pub fn add(&mut self, new: Vec<Attendance>) -> Result<Vec<i64>, Exception> {
        let ids: Vec<_> = new.into_iter().map(|attendance| self.insert(attendance)).collect();
        let judged = ids.iter().try_for_each(|id| self.check(*id));
        if judged.is_err() {
            ids.iter().for_each(|id| self.remove(*id));
        }
        judged.map(|()| ids)
    }

    fn insert(&mut self, attendance: Attendance) -> i64 {
        let id = self.next_id();
        self.of_employee.entry(attendance.employee).or_default().push(id);
        self.attendances.insert(id, Attendance { id, ..attendance });
        id
    }

    /// Changes an attendance, as people in Odoo or calls do.
    ///
    /// # Errors
    /// What the rules refuse; then nothing is changed.
    pub fn edit(&mut self, id: i64, change: impl FnOnce(&mut Attendance)) -> Result<(), Exception> {
        let missing = || Exception::new(Kind::MissingError, "Record does not exist or has been deleted.");
        let before = self.attendances.get(&id).cloned().ok_or_else(missing)?;
        if let Some(attendance) = self.attendances.get_mut(&id) {
            change(attendance);
        }
        let judged = self.check(id);
        if judged.is_err() {
            self.attendances.insert(id, before);
        }
        judged
    }

    /// Removes an attendance.
    pub fn remove(&mut self, id: i64) {
        if let Some(gone) = self.attendances.remove(&id) {
            self.of_employee.entry(gone.employee).or_default().retain(|other| *other != id);
        }
    }

    fn check(&self, id: i64) -> Result<(), Exception> {
        let Some(one) = self.attendances.get(&id) else { return Ok(()) };
        let Some(employee) = self.employees.get(&one.employee) else {
            return Err(Exception::new(Kind::ValidationError, "The employee does not exist."));
        };
        validity::check(one, &self.attendances_of(one.employee), &employee.name)
    }
}
