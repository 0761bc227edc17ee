//! Trying the connection: a real sign-in, rights, and how many of our people are found.

use std::time::{Duration, Instant};

use entity::{
    face_profile,
    odoo_config::{self as row, Status},
    system_config::{OdooMatch, Settings},
    user,
};
use odoo::{Client, Connection, Match, MatchField, OdooError, Operation, Person};
use poem_openapi::Object;

use super::config::connection;
use crate::{error::ApiError, state::App};

/// How the connection is just now.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct OdooTest {
    /// Whether a sync would work.
    success: bool,
    /// Version of the server, where it could be asked.
    server_version: Option<String>,
    /// Milliseconds until it had signed us in; null where it did not.
    latency_ms: Option<u64>,
    /// What is well, or what to do.
    message: String,
    /// Enrolled people who are found in Odoo; null where it was not asked.
    matched_people: Option<usize>,
    /// Enrolled people.
    people: usize,
}

/// Tries it.
pub async fn test(app: &App) -> Result<OdooTest, ApiError> {
    let row = row::get(&app.db).await?;
    let people = people(app).await?;
    let untried = OdooTest {
        success: false,
        server_version: None,
        latency_ms: None,
        message: "no Odoo is set up: enter address, database, user and API key".to_owned(),
        matched_people: None,
        people: people.len(),
    };
    let Some(to) = connection(app, &row)? else { return Ok(untried) };
    let order: Vec<_> = Settings::load(&app.db).await?.odoo_match_order.into_iter().map(field).collect();
    let found = ask(app, &to, &people, &order, untried).await;
    let status = if found.success { Status::Connected } else { Status::Error };
    row::set_status(&app.db, row.version, status).await?;
    Ok(found)
}

async fn ask(
    app: &App,
    to: &Connection,
    people: &[Person],
    order: &[MatchField],
    untried: OdooTest,
) -> OdooTest {
    let asked = Instant::now();
    let client = match app.machinery.odoo.connect(to).await {
        Ok(client) => client,
        Err(refused) => return OdooTest { message: refused.to_string(), ..untried },
    };
    let signed_in = OdooTest {
        server_version: Some(client.version().text.clone()),
        latency_ms: Some(milliseconds(asked.elapsed())),
        ..untried
    };
    match matched(&client, people, order).await {
        Ok(matched) => {
            let message =
                format!("Odoo works; {matched} of {} enrolled people are found there", people.len());
            OdooTest { success: true, message, matched_people: Some(matched), ..signed_in }
        }
        Err(refused) => OdooTest { message: refused.to_string(), ..signed_in },
    }
}

/// How many of the people are found, where all rights are there.
async fn matched(client: &Client, people: &[Person], order: &[MatchField]) -> Result<usize, OdooError> {
    for operation in [Operation::Read, Operation::Create, Operation::Write, Operation::Unlink] {
        if !client.may(operation).await? {
            return Err(OdooError::NoRights(format!("no right to {} attendances", operation.as_str())));
        }
    }
    if !client.may_read_employees().await? {
        return Err(OdooError::NoRights("no right to read employees".to_owned()));
    }
    let found = client.find_people(people, order).await?;
    Ok(found.values().filter(|found| matches!(found, Match::Found(_))).count())
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

async fn people(app: &App) -> Result<Vec<Person>, ApiError> {
    let ids = face_profile::active_employees(&app.db).await?;
    with_emails(app, ids).await
}

/// These people with what is known of their mail addresses.
pub async fn with_emails(app: &App, ids: Vec<String>) -> Result<Vec<Person>, ApiError> {
    let mut emails = std::collections::HashMap::<_, Vec<_>>::new();
    for (employee_id, email) in user::emails_of(&app.db, &ids).await? {
        emails.entry(employee_id).or_default().push(email);
    }
    let person = |id: String| Person { emails: emails.remove(&id).unwrap_or_default(), employee_id: id };
    Ok(ids.into_iter().map(person).collect())
}

/// A setting in the client's words.
pub fn field(setting: OdooMatch) -> MatchField {
    match setting {
        OdooMatch::Barcode => MatchField::Barcode,
        OdooMatch::IdentificationId => MatchField::IdentificationId,
        OdooMatch::WorkEmail => MatchField::WorkEmail,
    }
}
