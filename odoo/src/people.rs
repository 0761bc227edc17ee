//! Finding employees.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{
    call::Call,
    client::{Client, EMPLOYEE},
    error::OdooError,
    matching::{Candidate, Candidates, Match, MatchField, Person},
};

/// Values asked for in one call.
const MOST: usize = 500;

impl Client {
    /// Who these people are in Odoo, archived employees included; whoever is not found is left out.
    ///
    /// # Errors
    /// Every [`OdooError`].
    pub async fn find_people(
        &self,
        people: &[Person],
        order: &[MatchField],
    ) -> Result<HashMap<String, Match>, OdooError> {
        let mut found: HashMap<String, Match> = HashMap::new();
        for field in order {
            let left: Vec<_> =
                people.iter().filter(|person| !found.contains_key(&person.employee_id)).collect();
            let wanted: Vec<_> = left.iter().map(|person| (*person, person.values(*field))).collect();
            let known =
                self.candidates(*field, wanted.iter().flat_map(|(_, values)| values).collect()).await?;
            for (person, values) in wanted {
                let chosen = known.choose(*field, &values);
                found.extend(chosen.map(|chosen| (person.employee_id.clone(), chosen)));
            }
        }
        Ok(found)
    }

    async fn candidates(&self, field: MatchField, values: Vec<&String>) -> Result<Candidates, OdooError> {
        let mut candidates = Candidates::default();
        for chunk in values.chunks(MOST) {
            let find = Call::of(EMPLOYEE, "search_read")
                .named("domain", self.of_company(&json!([field.as_str(), "in", chunk])))
                .named("fields", json!([field.as_str(), "active"]))
                .context("active_test", false);
            let rows = self.call(find).await?;
            for row in rows.as_array().ok_or_else(|| OdooError::unexpected("no list of employees"))? {
                let (value, candidate) = candidate(row, field)?;
                candidates.add(value, candidate);
            }
        }
        Ok(candidates)
    }

    fn of_company(&self, condition: &Value) -> Value {
        match self.company() {
            Some(name) => json!(["&", ["company_id.name", "=", name], condition]),
            None => json!([condition]),
        }
    }
}

fn candidate(row: &Value, field: MatchField) -> Result<(String, Candidate), OdooError> {
    let id = row.get("id").and_then(Value::as_i64);
    let value = row.get(field.as_str()).and_then(Value::as_str);
    let (Some(id), Some(value)) = (id, value) else {
        return Err(OdooError::unexpected("an employee that cannot be read"));
    };
    let active = row.get("active").and_then(Value::as_bool).unwrap_or(true);
    Ok((value.to_owned(), Candidate { id, active }))
}
