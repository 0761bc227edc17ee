//! One batch of logs: found, decided, noted, sent, stored. What a stop in the middle leaves open has its note in the log, and is
//! taken up by the next run.

mod apply;
mod facts;
mod leaving;
mod opens;

use std::collections::HashMap;

use chrono::Utc;
use entity::{
    attendance_log::{self, Intent, Model},
    odoo_sync_log,
};
use jobs::{DeleteOdooRecord, Pending};
use odoo::Client;
use sea_orm::DatabaseTransaction;

pub(super) use self::facts::Fact;
use super::{
    decide::Step,
    outcome::Outcome,
    send::{Sender, Stop},
};
use crate::{context::Context, handler::Run};

/// Deals with these logs, oldest day first, and answers how many of them are still waited for.
pub(super) async fn process(
    context: &Context,
    run: &Run,
    client: &Client,
    rows: Vec<Model>,
) -> Result<usize, Stop> {
    let sender = Sender::new(client, run);
    let (mut facts, opens) = facts::gather(context, &sender, rows).await?;
    note(context, &mut facts).await?;
    let (ends, stop) = apply::apply(&sender, &facts, opens).await;
    store(context, run, &facts, &ends).await?;
    match stop {
        Some(stop) => Err(stop),
        None => Ok(facts.iter().zip(&ends).filter(|(_, end)| matches!(end, End::Open)).count()),
    }
}

/// How dealing with a log ended.
#[derive(Debug)]
enum End {
    /// Something came of it.
    Ended(Outcome),
    /// Nobody knows what: its note stays.
    Open,
    /// Nothing was called: its note is taken back.
    Untouched,
}

/// Notes what is about to be sent; a log that somebody has deleted meanwhile, or that another run has dealt with, is left out.
async fn note(context: &Context, facts: &mut Vec<Fact>) -> Result<(), Stop> {
    let intents: Vec<_> = facts.iter().filter_map(Fact::intent).collect();
    if intents.is_empty() {
        return Ok(());
    }
    let there = attendance_log::intend(&context.db, &intents).await?;
    facts.retain(|fact| fact.noted.is_none() || there.contains(&fact.row.id));
    Ok(())
}

/// Stores what came of the logs. A record that was made for a log which somebody deleted while it was made is to go again. Where
/// this run stood still so long that another one took over and has dealt with a log since, that one's word counts.
async fn store(context: &Context, run: &Run, facts: &[Fact], ends: &[End]) -> Result<(), Stop> {
    let (now, transaction) = (Utc::now(), entity::begin(&context.db).await?);
    take_back(&transaction, facts, ends).await?;
    let ended: Vec<_> =
        facts.iter().zip(ends).filter_map(|(fact, end)| Some((fact, outcome(end)?))).collect();
    let settled: Vec<_> = ended.iter().map(|(fact, outcome)| outcome.settled(fact)).collect();
    let held = attendance_log::settle(&transaction, &settled, now).await?;
    let held: HashMap<_, _> = held.into_iter().map(|log| (log.id, log.stored)).collect();
    let (there, gone): (Vec<_>, Vec<_>) =
        ended.into_iter().partition(|(fact, _)| held.contains_key(&fact.row.id));
    let kept: Vec<_> = there.into_iter().filter(|(fact, _)| held[&fact.row.id]).collect();
    let rows = kept.iter().map(|(fact, outcome)| outcome.log(&fact.row, run.id, now)).collect();
    odoo_sync_log::append(&transaction, rows).await?;
    let mut deletions = Vec::new();
    for (fact, outcome) in gone {
        deletions.extend(delete_again(&transaction, run, fact, outcome).await?);
    }
    transaction.commit().await?;
    for deletion in deletions {
        deletion.push(&context.queues).await;
    }
    count(&kept);
    Ok(())
}

fn outcome(end: &End) -> Option<&Outcome> {
    match end {
        End::Ended(outcome) => Some(outcome),
        End::Open | End::Untouched => None,
    }
}

async fn take_back(transaction: &DatabaseTransaction, facts: &[Fact], ends: &[End]) -> Result<(), Stop> {
    let untouched =
        facts.iter().zip(ends).filter(|(fact, end)| fact.noted.is_some() && matches!(end, End::Untouched));
    let before = |fact: &Fact| Intent {
        id: fact.row.id.clone(),
        before: fact.stored(),
        sent: fact.row.odoo_sent.clone(),
        record: fact.row.odoo_attendance_id,
    };
    let intents: Vec<_> = untouched.map(|(fact, _)| before(fact)).collect();
    if !intents.is_empty() {
        attendance_log::intend(transaction, &intents).await?;
    }
    Ok(())
}

async fn delete_again(
    transaction: &DatabaseTransaction,
    run: &Run,
    fact: &Fact,
    outcome: &Outcome,
) -> Result<Option<Pending>, Stop> {
    let Outcome::Synced { record, sent, .. } = outcome else { return Ok(None) };
    let deletion = DeleteOdooRecord {
        attendance_log_id: fact.row.id.clone(),
        employee_id: fact.row.employee_id.clone(),
        odoo_attendance_id: Some(*record),
        odoo_sent: sent.kept(),
    };
    Ok(Some(jobs::enqueue_in(transaction, &deletion, run.origin()).await?))
}

fn count(kept: &[(&Fact, &Outcome)]) {
    for (_, outcome) in kept {
        let result = if matches!(outcome, Outcome::Failed { .. }) { "failure" } else { "success" };
        metrics::counter!("rollcall_odoo_records_total", "result" => result).increment(1);
    }
}

/// Whether a step calls Odoo with what cannot simply be done twice.
fn is_noted(step: &Step) -> bool {
    match step {
        Step::Create(_) | Step::Write { .. } => true,
        Step::Keep(_) | Step::Remove(_) | Step::Gone | Step::Wait | Step::Fail(_) => false,
    }
}
