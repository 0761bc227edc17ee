//! The connection that administrators have entered, opened for a job; and what its end says about Odoo's state.

use chrono::Utc;
use entity::{
    alert,
    odoo_config::{self, Model, Status},
};
use odoo::{Client, Connection, OdooError, Operation};
use platform::{launch::chain, seal};

use crate::{alerts, context::Context, events, handler::Failure};

/// A server that one is signed in to, and the row that said how.
pub(super) struct Office {
    pub client: Client,
    version: i32,
}

/// Signs in, and finds out whether attendances may be made at all.
pub(super) async fn open(context: &Context) -> Result<Office, Failure> {
    let row = odoo_config::get(&context.db).await?;
    let to = connection(context, &row)?;
    match sign_in(context, &to).await {
        Ok(client) => {
            let office = Office { client, version: row.version };
            office.is_well(context).await?;
            Ok(office)
        }
        Err(error) => Err(refused(context, row.version, &error).await?),
    }
}

async fn sign_in(context: &Context, to: &Connection) -> Result<Client, OdooError> {
    let client = context.odoo.connect(to).await?;
    if client.may(Operation::Create).await? && client.may(Operation::Write).await? {
        return Ok(client);
    }
    Err(OdooError::NoRights("it may not make and change attendances".to_owned()))
}

fn connection(context: &Context, row: &Model) -> Result<Connection, Failure> {
    let missing =
        || Failure::Discard("no Odoo is set up: enter address, database, user and API key".to_owned());
    let key = row.api_key.as_ref().filter(|_| !row.base_url.is_empty() && !row.database.is_empty());
    let key = context.sealer.open(seal::ODOO_KEY, key.ok_or_else(missing)?.expose());
    Ok(Connection {
        base_url: row.base_url.clone(),
        database: row.database.clone(),
        username: row.username.clone(),
        api_key: key.map_err(|error| Failure::discard(&error))?,
        company: row.company.clone().filter(|name| !name.is_empty()),
    })
}

impl Office {
    async fn is_well(&self, context: &Context) -> Result<(), Failure> {
        odoo_config::set_status(&context.db, self.version, Status::Connected).await?;
        let resolved = alert::resolve(&context.db, alerts::ODOO_KEY, Utc::now()).await?;
        for event in resolved.iter().filter_map(events::alert) {
            events::publish(context, event).await;
        }
        Ok(())
    }

    /// What an error means that stops the whole job.
    pub async fn lost(&self, context: &Context, error: &OdooError) -> Result<Failure, Failure> {
        refused(context, self.version, error).await
    }
}

/// Sets the state, raises one alert where a person must act, and says whether another attempt can help.
async fn refused(context: &Context, version: i32, error: &OdooError) -> Result<Failure, Failure> {
    odoo_config::set_status(&context.db, version, Status::Error).await?;
    if may_pass(error) {
        return Ok(Failure::Retry(chain(error)));
    }
    let raised = alert::raise(&context.db, alerts::odoo_refuses(&error.to_string(), Utc::now())).await?;
    for event in raised.iter().filter_map(events::alert) {
        events::publish(context, event).await;
    }
    Ok(Failure::Discard(chain(error)))
}

/// Whether the same may go well later without anybody doing anything.
fn may_pass(error: &OdooError) -> bool {
    match error {
        OdooError::Unreachable { .. } | OdooError::Unexpected { .. } => true,
        OdooError::BadCredentials
        | OdooError::WrongDatabase(_)
        | OdooError::NoRights(_)
        | OdooError::Validation(_)
        | OdooError::NotFound(_) => false,
    }
}
