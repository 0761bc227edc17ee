//! What `hr.attendance` refuses. The rules look at the attendance that begins last before the one in question begins, and last
//! before it ends; that is why a closed one inside an open one is accepted, and then keeps the open one from being closed.

use super::{
    exception::{Exception, Kind},
    world::Attendance,
};

/// Judges one attendance among all those of its employee.
pub(super) fn check(one: &Attendance, all: &[&Attendance], name: &str) -> Result<(), Exception> {
    let refuse = |message: String| Err(Exception::new(Kind::ValidationError, message));
    if one.check_out.is_some_and(|out| out < one.check_in) {
        return refuse("\"Check Out\" time cannot be earlier than \"Check In\" time.".to_owned());
    }
    let others = || all.iter().filter(|other| other.id != one.id);
    let before_in =
        others().filter(|other| other.check_in <= one.check_in).max_by_key(|other| other.check_in);
    let again = |since| {
        format!(
            "Cannot create new attendance record for {name}, the employee was already checked in on {since}"
        )
    };
    if before_in.and_then(|other| other.check_out).is_some_and(|out| out > one.check_in) {
        return refuse(again(one.check_in));
    }
    let Some(out) = one.check_out else {
        return match others().find(|other| other.check_out.is_none()) {
            Some(open) => refuse(format!(
                "Cannot create new attendance record for {name}, the employee hasn't checked out since {}",
                open.check_in
            )),
            None => Ok(()),
        };
    };
    let before_out = others().filter(|other| other.check_in < out).max_by_key(|other| other.check_in);
    match before_out {
        Some(last) if before_in.map(|other| other.id) != Some(last.id) => refuse(again(last.check_in)),
        Some(_) | None => Ok(()),
    }
}
