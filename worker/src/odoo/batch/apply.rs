//! Does what was decided: logs in their order, single calls first, then all new records in one.

use odoo::{NewRecord, OdooError, Times};

use super::{
    End,
    facts::Fact,
    opens::{Blocked, Opens},
};
use crate::odoo::{
    decide::Step,
    outcome::Outcome,
    send::{Sender, Stop},
    sent::Sent,
};

/// Does it; what a stop leaves undone is untouched.
pub(super) async fn apply(sender: &Sender<'_>, facts: &[Fact], opens: Opens) -> (Vec<End>, Option<Stop>) {
    let mut work =
        Work { sender, ends: facts.iter().map(|_| End::Untouched).collect(), opens, new: Vec::new() };
    for (place, fact) in facts.iter().enumerate() {
        if let Err(stop) = work.one(place, fact).await {
            return (work.ends, Some(stop));
        }
    }
    let stop = work.make(facts).await;
    (work.ends, stop)
}

struct Work<'a> {
    sender: &'a Sender<'a>,
    ends: Vec<End>,
    opens: Opens,
    /// Records to be made, with the places of their logs.
    new: Vec<(usize, NewRecord)>,
}

impl Work<'_> {
    async fn one(&mut self, place: usize, fact: &Fact) -> Result<(), Stop> {
        match &fact.step {
            Step::Create(times) => self.plan(place, fact, *times),
            Step::Write { id, times, replaces_automatic } => {
                self.write(place, fact, *id, *times, *replaces_automatic).await?;
            }
            Step::Keep(id) => self.keep(place, fact, *id),
            Step::Remove(id) => self.remove(place, fact, *id).await?,
            Step::Gone => self.ends[place] = End::Ended(Outcome::Removed),
            Step::Wait => self.doubt(place, fact),
            Step::Fail(why) => self.fail(place, fact, why.clone()),
        }
        Ok(())
    }

    fn fail(&mut self, place: usize, fact: &Fact, why: String) {
        if let (Some(employee), Some(record)) = (fact.employee, &fact.there) {
            self.opens.learn(employee, &fact.row.id, record.times);
        }
        self.ends[place] = End::Ended(Outcome::failed(&fact.row, why));
    }

    fn doubt(&mut self, place: usize, fact: &Fact) {
        if let (Some(employee), Some(times)) = (fact.employee, fact.wanted()) {
            self.opens.doubt(employee, &fact.row.id, times);
        }
        self.ends[place] = End::Open;
    }

    fn keep(&mut self, place: usize, fact: &Fact, record: i64) {
        let (Some(there), Some(times)) = (&fact.there, fact.wanted()) else { return };
        self.opens.learn(there.employee, &fact.row.id, there.times);
        let sent = Sent::confirmed(there.employee, times);
        self.ends[place] = End::Ended(Outcome::Synced { record, sent, note: "as it stands in record" });
    }

    /// A new record, unless an older one of the same person has to be settled before.
    fn plan(&mut self, place: usize, fact: &Fact, times: Times) {
        let Some(employee) = fact.employee else { return };
        match self.opens.blocks(employee, times) {
            None => {
                self.opens.learn(employee, &fact.row.id, times);
                self.new.push((place, NewRecord { employee, times }));
            }
            Some(Blocked::By(why)) => {
                let sent = Sent::default();
                self.ends[place] = End::Ended(Outcome::Failed { record: None, sent, message: why });
            }
            // Its own note is taken back: nothing was sent.
            Some(Blocked::Unknown) => self.ends[place] = End::Untouched,
        }
    }

    async fn write(
        &mut self,
        place: usize,
        fact: &Fact,
        id: i64,
        times: Times,
        replaces_automatic: bool,
    ) -> Result<(), Stop> {
        let employee =
            fact.there.as_ref().map_or_else(|| fact.employee.unwrap_or_default(), |there| there.employee);
        let answer = self.sender.client().await?.write(id, times, replaces_automatic).await;
        self.ends[place] = match answer {
            Ok(()) => {
                self.opens.learn(employee, &fact.row.id, times);
                let sent = Sent::confirmed(employee, times);
                End::Ended(Outcome::Synced { record: id, sent, note: "changed record" })
            }
            Err(error) if error.is_about_records() => {
                fact.there.iter().for_each(|there| self.opens.learn(employee, &fact.row.id, there.times));
                let sent = fact.noted.clone().unwrap_or_default().with(None);
                End::Ended(Outcome::Failed { record: Some(id), sent, message: error.to_string() })
            }
            Err(error) => return Err(self.stop(place, error)),
        };
        Ok(())
    }

    async fn remove(&mut self, place: usize, fact: &Fact, id: i64) -> Result<(), Stop> {
        let answer = self.sender.client().await?.remove(id).await;
        self.ends[place] = match answer {
            Ok(()) => End::Ended(Outcome::Removed),
            Err(error) if error.is_about_records() => {
                End::Ended(Outcome::failed(&fact.row, error.to_string()))
            }
            Err(error) => return Err(self.stop(place, error)),
        };
        Ok(())
    }

    /// The note of a call that may have been done stays.
    fn stop(&mut self, place: usize, error: OdooError) -> Stop {
        if error.is_unsure() {
            self.ends[place] = End::Open;
        }
        Stop::Odoo(error)
    }

    async fn make(&mut self, facts: &[Fact]) -> Option<Stop> {
        let records: Vec<_> = self.new.iter().map(|(_, record)| *record).collect();
        let (made, stop) = self.sender.create(&records).await;
        for ((place, record), made) in std::mem::take(&mut self.new).into_iter().zip(made) {
            self.ends[place] = match made {
                None => End::Untouched,
                Some(Ok(id)) => {
                    let sent = Sent::confirmed(record.employee, record.times);
                    End::Ended(Outcome::Synced { record: id, sent, note: "made record" })
                }
                Some(Err(error)) if error.is_unsure() => End::Open,
                Some(Err(error)) => {
                    let (sent, message) = (Sent::default(), error.to_string());
                    tracing::debug!(log = facts[place].row.id, message, "refused by Odoo");
                    End::Ended(Outcome::Failed { record: None, sent, message })
                }
            };
        }
        stop
    }
}
