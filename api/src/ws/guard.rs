//! Sends away browsers whose user was suspended or signed out, on whatever replica that happened: one query for all
//! connections every two seconds, so within the 5 s of the contract.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::{
    auth::{SessionCheck, SessionState, states},
    state::App,
};

const EVERY: Duration = Duration::from_secs(2);

/// Sessions asked about in one query.
const BATCH: usize = 1_000;

/// Watches until the API stops.
pub async fn watch(app: Arc<App>) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! { _ = tick.tick() => {} () = app.shutdown.wait() => return }
        check(&app).await;
    }
}

async fn check(app: &App) {
    let clients = app.hub.clients();
    for some in clients.chunks(BATCH) {
        let checks: Vec<_> =
            some.iter().map(|c| SessionCheck { user: c.claims.sub, sid: c.claims.sid }).collect();
        let states = match states(&app.db, &checks).await {
            Ok(states) => states,
            // Nobody is sent away because the database is; access tokens end by themselves.
            Err(error) => return tracing::debug!(%error, "sessions of browsers could not be checked"),
        };
        let gone = some.iter().filter(|c| states.get(&c.claims.sid) != Some(&SessionState::Living));
        gone.for_each(|client| client.refused.cancel());
    }
}
