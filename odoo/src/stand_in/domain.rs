//! Conditions in Polish notation, as `search_read` takes them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::exception::{Exception, Kind};

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Domain {
    /// Everything.
    All,
    /// Both.
    And(Box<Self>, Box<Self>),
    /// Either.
    Or(Box<Self>, Box<Self>),
    /// A field compared.
    Leaf { field: String, operator: String, value: Value },
}

impl Domain {
    /// Reads a condition.
    pub fn read(written: &Value) -> Result<Self, Exception> {
        let wrong = || Exception::new(Kind::ValueError, format!("Invalid domain: {written}"));
        let mut terms = written.as_array().ok_or_else(wrong)?.iter();
        let mut whole = Self::All;
        while !terms.as_slice().is_empty() {
            let term = Self::term(&mut terms).ok_or_else(wrong)?;
            whole = if whole == Self::All { term } else { Self::And(Box::new(whole), Box::new(term)) };
        }
        Ok(whole)
    }

    fn term<'a>(terms: &mut impl Iterator<Item = &'a Value>) -> Option<Self> {
        let first = terms.next()?;
        if let Some(operator) = first.as_str() {
            let (left, right) = (Box::new(Self::term(terms)?), Box::new(Self::term(terms)?));
            return match operator {
                "&" => Some(Self::And(left, right)),
                "|" => Some(Self::Or(left, right)),
                _ => None,
            };
        }
        let [field, operator, value] = first.as_array()?.as_slice() else { return None };
        Some(Self::Leaf {
            field: field.as_str()?.to_owned(),
            operator: operator.as_str()?.to_owned(),
            value: value.clone(),
        })
    }

    /// Whether a record whose fields `of` tells fulfils it.
    pub fn holds(&self, of: &impl Fn(&str) -> Option<Value>) -> Result<bool, Exception> {
        match self {
            Self::All => Ok(true),
            Self::And(left, right) => Ok(left.holds(of)? && right.holds(of)?),
            Self::Or(left, right) => Ok(left.holds(of)? || right.holds(of)?),
            Self::Leaf { field, operator, value } => {
                let wrong = || Exception::new(Kind::ValueError, format!("Invalid field {field} in a domain"));
                let found = of(field).ok_or_else(wrong)?;
                compare(&found, operator, value)
                    .ok_or_else(|| Exception::new(Kind::ValueError, format!("Invalid operator {operator}")))
            }
        }
    }

    /// The values that `field` must be one of, where the condition says so: what spares a look at every record.
    pub fn values_of(&self, field: &str) -> Option<BTreeSet<i64>> {
        match self {
            Self::All => None,
            Self::And(left, right) => left.values_of(field).or_else(|| right.values_of(field)),
            Self::Or(left, right) => {
                let (left, right) = (left.values_of(field)?, right.values_of(field)?);
                Some(left.into_iter().chain(right).collect())
            }
            Self::Leaf { field: name, operator, value } if name == field => match operator.as_str() {
                "=" => value.as_i64().map(|one| BTreeSet::from([one])),
                "in" => value.as_array()?.iter().map(Value::as_i64).collect(),
                _ => None,
            },
            Self::Leaf { .. } => None,
        }
    }
}

fn compare(found: &Value, operator: &str, wanted: &Value) -> Option<bool> {
    let ordered = || match (found, wanted) {
        (Value::String(found), Value::String(wanted)) => Some(found.cmp(wanted)),
        (Value::Number(found), Value::Number(wanted)) => Some(found.as_i64().cmp(&wanted.as_i64())),
        _ => None,
    };
    match operator {
        "=" => Some(found == wanted),
        "!=" => Some(found != wanted),
        "in" => Some(wanted.as_array()?.contains(found)),
        "<" => Some(ordered().is_some_and(std::cmp::Ordering::is_lt)),
        "<=" => Some(ordered().is_some_and(std::cmp::Ordering::is_le)),
        ">" => Some(ordered().is_some_and(std::cmp::Ordering::is_gt)),
        ">=" => Some(ordered().is_some_and(std::cmp::Ordering::is_ge)),
        _ => None,
    }
}
