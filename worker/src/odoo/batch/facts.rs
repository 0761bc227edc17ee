//! What is known of a batch before anything is changed: who its people are in Odoo, what Odoo has of its logs, and what follows
//! from that for each.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    attendance_log::{self, Intent, Model, Status},
    system_config::OdooMatch,
    user,
};
use odoo::{Match, MatchField, Person, Record, Times};

use super::{is_noted, leaving::Leaving, opens::Opens};
use crate::{
    context::Context,
    odoo::{
        decide::{Standing, Step, decide},
        send::{Sender, Stop},
        sent::{Attempt, Sent},
    },
};

/// One log, and what is to be done about it.
#[derive(Debug)]
pub(in crate::odoo) struct Fact {
    pub row: Model,
    /// Whose it is, by Odoo's id; nothing where nobody is found.
    pub employee: Option<i64>,
    /// What Odoo has of it.
    pub there: Option<Record>,
    pub step: Step,
    /// `odoo_sent` from before the call until its answer.
    pub noted: Option<Sent>,
}

impl Fact {
    /// The times that Odoo is to have.
    pub fn wanted(&self) -> Option<Times> {
        wanted(&self.row)
    }

    pub fn intent(&self) -> Option<Intent> {
        let (sent, before) = (self.noted.as_ref()?.kept(), self.row.odoo_sent.clone());
        let record = self.there.as_ref().map(|record| record.id);
        Some(Intent { id: self.row.id.clone(), before, sent, record })
    }

    /// `odoo_sent` as it stands in the log while this run deals with it.
    pub fn stored(&self) -> Option<serde_json::Value> {
        self.noted.as_ref().map_or_else(|| self.row.odoo_sent.clone(), Sent::kept)
    }

    /// What is written down before a call: what Odoo has confirmed, and what it is about to be told.
    fn note(&self, sent: &Sent, now: DateTime<Utc>) -> Option<Sent> {
        let (employee, times) = (self.employee?, self.wanted()?);
        let attempt = Attempt::new(times, now);
        if !is_noted(&self.step) {
            return None;
        }
        Some(match &self.there {
            Some(record) if sent.explains(record.times) => {
                Sent::confirmed(record.employee, record.times).with(Some(attempt))
            }
            Some(_) => sent.clone().with(Some(attempt)),
            None => Sent::first(employee, attempt),
        })
    }
}

fn wanted(row: &Model) -> Option<Times> {
    let check_in = row.check_in_at.filter(|_| row.status != Status::Missed)?;
    Some(Times::new(check_in, row.check_out_at))
}

/// Gathers it.
pub(super) async fn gather(
    context: &Context,
    sender: &Sender<'_>,
    rows: Vec<Model>,
) -> Result<(Vec<Fact>, Opens), Stop> {
    let sents: Vec<_> = rows.iter().map(|row| Sent::read(row.odoo_sent.as_ref())).collect();
    let people = people(context, sender, &rows, &sents).await?;
    let others = others(context, &rows).await?;
    let there = there(sender, &rows, &sents, &people, &others).await?;
    let leaving = leaving(context, &rows, &there).await?;
    let (now, settle) = (Utc::now(), TimeDelta::from_std(context.odoo.limits().settle).unwrap_or_default());
    let judge = |(row, sent): (Model, Sent)| {
        let employee = employee(&row, &sent, &people);
        let found = employee.as_ref().ok().and_then(|employee| there.of(&row, &sent, *employee)).cloned();
        let step = match &employee {
            Err(why) => Step::Fail(why.clone()),
            Ok(_) if row.check_in_at.is_none() && row.status != Status::Missed => {
                Step::Fail("the log has no check-in: enter one".to_owned())
            }
            Ok(employee) => decide(&Standing {
                wanted: wanted(&row),
                employee: *employee,
                sent: &sent,
                known: row.odoo_attendance_id,
                there: found.as_ref(),
                is_leaving: found.as_ref().is_some_and(|record| leaving.has(&row, record)),
                now,
                settle,
            }),
        };
        let mut fact = Fact { row, employee: employee.ok(), there: found, step, noted: None };
        fact.noted = fact.note(&sent, now);
        fact
    };
    let opens = Opens::of(&others, &there.by_id);
    Ok((rows.into_iter().zip(sents).map(judge).collect(), opens))
}

/// Deletions matter to those alone of whom Odoo has a record that their logs do not know.
async fn leaving(context: &Context, rows: &[Model], there: &There) -> Result<Leaving, Stop> {
    let known: HashSet<_> = rows.iter().filter_map(|row| row.odoo_attendance_id).collect();
    if there.by_id.keys().all(|id| known.contains(id)) {
        return Ok(Leaving::default());
    }
    let people: Vec<_> = rows.iter().map(|row| row.employee_id.clone()).collect();
    Ok(Leaving::of(context, people).await?)
}

/// Who the people of logs are that were never sent; of the others, what was sent says it.
async fn people(
    context: &Context,
    sender: &Sender<'_>,
    rows: &[Model],
    sents: &[Sent],
) -> Result<HashMap<String, Match>, Stop> {
    let new = rows.iter().zip(sents).filter(|(_, sent)| sent.employee.is_none());
    let mut ids: Vec<_> = new.map(|(row, _)| row.employee_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let emails = user::emails_of(&context.db, &ids).await?;
    let of =
        |id: &String| emails.iter().filter(|(owner, _)| owner == id).map(|(_, mail)| mail.clone()).collect();
    let people: Vec<_> = ids.iter().map(|id| Person { employee_id: id.clone(), emails: of(id) }).collect();
    let order = &context.configuration.current().await?.settings.odoo_match_order;
    let order: Vec<_> = order.iter().map(|field| match_field(*field)).collect();
    Ok(sender.client().await?.find_people(&people, &order).await?)
}

fn match_field(setting: OdooMatch) -> MatchField {
    match setting {
        OdooMatch::Barcode => MatchField::Barcode,
        OdooMatch::IdentificationId => MatchField::IdentificationId,
        OdooMatch::WorkEmail => MatchField::WorkEmail,
    }
}

fn employee(row: &Model, sent: &Sent, people: &HashMap<String, Match>) -> Result<i64, String> {
    let id = &row.employee_id;
    match (sent.employee, people.get(id).copied()) {
        (Some(employee), _) | (None, Some(Match::Found(employee))) => Ok(employee),
        (None, Some(Match::Ambiguous(field, many))) => {
            let field = field.as_str();
            Err(format!(
                "{many} employees in Odoo have this person's {field}: correct it there, so that one alone has it"
            ))
        }
        (None, None) => Err(format!(
            "nobody in Odoo is {id}: enter it there as the employee's badge (without punctuation from version 18 on), \
             identification number or work mail"
        )),
    }
}

/// Logs of the same people that stand open in Odoo and are not in the batch.
async fn others(context: &Context, rows: &[Model]) -> Result<Vec<Model>, Stop> {
    let people = rows.iter().map(|row| row.employee_id.clone()).collect();
    let mut others = attendance_log::open_in_odoo(&context.db, people).await?;
    others.retain(|other| rows.iter().all(|row| row.id != other.id));
    Ok(others)
}

/// What Odoo has.
struct There {
    by_id: HashMap<i64, Record>,
    by_begin: HashMap<(i64, DateTime<Utc>), i64>,
}

impl There {
    /// The record that the log knows, or one that begins as it does, or as what was sent of it: people may have removed the known
    /// one and entered the time anew.
    fn of(&self, row: &Model, sent: &Sent, employee: i64) -> Option<&Record> {
        let known = row.odoo_attendance_id.and_then(|id| self.by_id.get(&id));
        let begun = || begins(row, sent).find_map(|at| self.by_begin.get(&(employee, at)));
        known.or_else(|| self.by_id.get(begun()?))
    }
}

/// When a record of a log may begin, where its id is not known or not there any more.
fn begins(row: &Model, sent: &Sent) -> impl Iterator<Item = DateTime<Utc>> {
    sent.begins().chain(wanted(row).map(|times| times.check_in))
}

async fn there(
    sender: &Sender<'_>,
    rows: &[Model],
    sents: &[Sent],
    people: &HashMap<String, Match>,
    others: &[Model],
) -> Result<There, Stop> {
    let ids: Vec<_> = rows.iter().chain(others).filter_map(|row| row.odoo_attendance_id).collect();
    let mut begun: Vec<_> = rows
        .iter()
        .zip(sents)
        .filter_map(|(row, sent)| Some((row, sent, employee(row, sent, people).ok()?)))
        .flat_map(|(row, sent, employee)| begins(row, sent).map(move |at| (employee, at)))
        .collect();
    begun.sort_unstable();
    begun.dedup();
    let records = sender.client().await?.records(&ids, &begun).await?;
    let by_begin =
        records.iter().map(|record| ((record.employee, record.times.check_in), record.id)).collect();
    Ok(There { by_begin, by_id: records.into_iter().map(|record| (record.id, record)).collect() })
}
