//! The methods of models, whatever protocol they are called by.

use serde_json::{Map, Value, json};

use super::{
    domain::Domain,
    exception::{Exception, Kind},
    world::{Attendance, World},
};
use crate::moment;

/// Arguments by name.
pub(super) type Arguments = Map<String, Value>;

type Outcome = Result<Value, Exception>;

/// Calls a method.
pub(super) fn call(world: &mut World, model: &str, method: &str, ids: &[i64], named: &Arguments) -> Outcome {
    match (model, method) {
        ("res.users", "context_get") => Ok(json!({ "lang": "en_US", "tz": "Europe/Brussels", "uid": 2 })),
        ("hr.attendance", "fields_get") => Ok(fields(world, named)),
        ("hr.attendance" | "hr.employee", "has_access") if world.version >= 18 => access(world, model, named),
        ("hr.attendance" | "hr.employee", "check_access_rights") if world.version <= 18 => {
            access(world, model, named)
        }
        ("hr.employee", "search_read") => employees(world, named),
        ("hr.attendance", "search_read") => attendances(world, named),
        ("hr.attendance", "create") => create(world, named),
        ("hr.attendance", "write") => write(world, ids, named),
        ("hr.attendance", "unlink") => unlink(world, ids),
        _ => Err(Exception::new(Kind::NoMethod, format!("The method {model}.{method} does not exist"))),
    }
}

fn field_names(world: &World) -> Vec<&'static str> {
    let modes: &[_] = if world.version >= 17 { &["in_mode", "out_mode"] } else { &[] };
    ["id", "employee_id", "check_in", "check_out"].iter().chain(modes).copied().collect()
}

fn fields(world: &World, named: &Arguments) -> Value {
    let wanted = named.get("allfields").and_then(Value::as_array);
    let names = field_names(world).into_iter();
    let shown = names.filter(|name| wanted.is_none_or(|wanted| wanted.contains(&json!(name))));
    shown.map(|name| (name.to_owned(), json!({ "type": "char" }))).collect::<Map<_, _>>().into()
}

fn access(world: &World, model: &str, named: &Arguments) -> Outcome {
    let operation = named.get("operation").and_then(Value::as_str);
    Ok(Value::Bool(match (model, operation) {
        ("hr.employee", Some("read")) => world.rights.employees,
        ("hr.employee", _) => false,
        (_, Some("read")) => world.rights.read,
        _ => world.rights.change,
    }))
}

fn allow(allowed: bool, what: &str) -> Result<(), Exception> {
    let message = format!("You are not allowed to {what} records.");
    if allowed { Ok(()) } else { Err(Exception::new(Kind::AccessError, message)) }
}

fn domain(named: &Arguments) -> Result<Domain, Exception> {
    named.get("domain").map_or(Ok(Domain::All), Domain::read)
}

/// A row of `search_read`: the id, and what was asked for.
fn row(id: i64, named: &Arguments, of: impl Fn(&str) -> Option<Value>) -> Outcome {
    let mut row = Map::from_iter([("id".to_owned(), json!(id))]);
    for name in named.get("fields").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        let wrong = || Exception::new(Kind::ValueError, format!("Invalid field '{name}'"));
        row.insert(name.to_owned(), of(name).ok_or_else(wrong)?);
    }
    Ok(Value::Object(row))
}

fn shows_archived(named: &Arguments) -> bool {
    named.get("context").and_then(|context| context.get("active_test")) == Some(&Value::Bool(false))
}

fn employees(world: &World, named: &Arguments) -> Outcome {
    allow(world.rights.employees, "access 'Employee' (hr.employee)")?;
    let (domain, mut rows) = (domain(named)?, Vec::new());
    for employee in world.employees().filter(|employee| shows_archived(named) || !employee.archived) {
        if domain.holds(&|field: &str| employee.value(field))? {
            rows.push(row(employee.id, named, |field| employee.value(field))?);
        }
    }
    Ok(Value::Array(rows))
}

fn attendances(world: &World, named: &Arguments) -> Outcome {
    allow(world.rights.read, "access 'Attendance' (hr.attendance)")?;
    let (domain, mut rows) = (domain(named)?, Vec::new());
    for attendance in candidates(world, &domain) {
        let known = field_names(world);
        let value = |field: &str| attendance.value(field).filter(|_| known.contains(&field));
        if domain.holds(&value)? {
            rows.push(row(attendance.id, named, |field| shown(world, field, value(field)?))?);
        }
    }
    Ok(Value::Array(rows))
}

/// A reference is shown with its name.
fn shown(world: &World, field: &str, value: Value) -> Option<Value> {
    if field != "employee_id" {
        return Some(value);
    }
    let employee = world.employees().find(|employee| value == employee.id)?;
    Some(json!([employee.id, employee.name]))
}

fn candidates<'a>(world: &'a World, domain: &Domain) -> Vec<&'a Attendance> {
    match domain {
        Domain::Or(left, right) => {
            let mut both = candidates(world, left);
            both.extend(candidates(world, right));
            both.sort_by_key(|attendance| attendance.id);
            both.dedup_by_key(|attendance| attendance.id);
            both
        }
        _ => match (domain.values_of("id"), domain.values_of("employee_id")) {
            (Some(ids), _) => ids.into_iter().filter_map(|id| world.attendance(id)).collect(),
            (None, Some(people)) => people.into_iter().flat_map(|id| world.attendances_of(id)).collect(),
            (None, None) => world.attendances().collect(),
        },
    }
}

fn create(world: &mut World, named: &Arguments) -> Outcome {
    allow(world.rights.change, "create 'Attendance' (hr.attendance)")?;
    let wrong = || Exception::new(Kind::ValueError, "create() takes a list");
    let list = named.get("vals_list").and_then(Value::as_array).ok_or_else(wrong)?;
    let blank = Attendance {
        id: 0,
        employee: 0,
        check_in: chrono::Utc::now(),
        check_out: None,
        out_mode: "manual".to_owned(),
    };
    let new = list.iter().map(|values| changed(blank.clone(), values)).collect::<Result<Vec<_>, _>>()?;
    world.add(new).map(|ids| json!(ids))
}

fn write(world: &mut World, ids: &[i64], named: &Arguments) -> Outcome {
    allow(world.rights.change, "modify 'Attendance' (hr.attendance)")?;
    let values = named.get("vals").cloned().unwrap_or_default();
    for id in ids {
        let before = world.attendance(*id).cloned();
        let after = before.map(|before| changed(before, &values)).transpose()?;
        world.edit(*id, |attendance| after.into_iter().for_each(|after| *attendance = after))?;
    }
    Ok(Value::Bool(true))
}

fn unlink(world: &mut World, ids: &[i64]) -> Outcome {
    allow(world.rights.change, "delete 'Attendance' (hr.attendance)")?;
    if ids.iter().any(|id| world.attendance(*id).is_none()) {
        return Err(Exception::new(Kind::MissingError, "Record does not exist or has been deleted."));
    }
    if world.keeps_all {
        let message = "You cannot delete an attendance that belongs to a validated payslip.";
        return Err(Exception::new(Kind::UserError, message));
    }
    ids.iter().for_each(|id| world.remove(*id));
    Ok(Value::Bool(true))
}

/// The attendance with these values in it.
fn changed(mut attendance: Attendance, values: &Value) -> Result<Attendance, Exception> {
    for (name, value) in values.as_object().into_iter().flatten() {
        match name.as_str() {
            "employee_id" => attendance.employee = value.as_i64().unwrap_or_default(),
            "check_in" => attendance.check_in = time(value)?.unwrap_or(attendance.check_in),
            "check_out" => attendance.check_out = time(value)?,
            "out_mode" => attendance.out_mode = value.as_str().unwrap_or_default().to_owned(),
            _ => {
                let message = format!("Invalid field '{name}' on model 'hr.attendance'");
                return Err(Exception::new(Kind::ValueError, message));
            }
        }
    }
    Ok(attendance)
}

fn time(value: &Value) -> Result<Option<chrono::DateTime<chrono::Utc>>, Exception> {
    let Some(text) = value.as_str() else { return Ok(None) };
    let wrong = || {
        Exception::new(
            Kind::ValueError,
            format!("time data '{text}' does not match format '%Y-%m-%d %H:%M:%S'"),
        )
    };
    moment::read(text).map(Some).ok_or_else(wrong)
}
