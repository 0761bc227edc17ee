//! What outlives the process, for a demo that is started again.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

use super::world::{Attendance, Employee, World};

/// The contents of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    employees: Vec<Employee>,
    attendances: Vec<Attendance>,
    last_id: i64,
}

impl World {
    /// Takes over what `file` keeps, if there is one.
    pub(super) fn read(&mut self, file: &Path) -> io::Result<()> {
        let text = match fs::read(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let kept: Kept = serde_json::from_slice(&text)?;
        self.last_id = kept.last_id;
        self.employees = kept.employees.into_iter().map(|employee| (employee.id, employee)).collect();
        for attendance in kept.attendances {
            self.of_employee.entry(attendance.employee).or_default().push(attendance.id);
            self.attendances.insert(attendance.id, attendance);
        }
        Ok(())
    }

    /// Keeps everything in `file`, which is never half written.
    pub(super) fn keep(&self, file: &Path) -> io::Result<()> {
        let kept = Kept {
            employees: self.employees.values().cloned().collect(),
            attendances: self.attendances.values().cloned().collect(),
            last_id: self.last_id,
        };
        let new = file.with_extension("new");
        fs::write(&new, serde_json::to_vec(&kept)?)?;
        fs::rename(new, file)
    }
}
