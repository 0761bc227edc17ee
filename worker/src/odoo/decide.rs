//! What is to be done about one log, as it stands here and in Odoo. No call is made in here, so that every case can be tested.

use chrono::{DateTime, TimeDelta, Utc};
use odoo::{Record, Times};

use super::sent::{Attempt, Sent};

/// A log, and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Standing<'a> {
    /// The times that Odoo is to have; nothing where its record is to go.
    pub wanted: Option<Times>,
    /// Whose it is, by Odoo's id.
    pub employee: i64,
    /// What was sent before.
    pub sent: &'a Sent,
    /// The record that the log knows as its own.
    pub known: Option<i64>,
    /// What Odoo has: the known record, or else one of this person that begins when this log does, or did when it was sent.
    pub there: Option<&'a Record>,
    /// Whether that is to go, with the deleted log whose record it was.
    pub is_leaving: bool,
    /// Now.
    pub now: DateTime<Utc>,
    /// How long a call without an answer may still be under way there.
    pub settle: TimeDelta,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Make a record.
    Create(Times),
    /// Change one.
    Write {
        /// Which.
        id: i64,
        /// To what.
        times: Times,
        /// Whether Odoo had ended it by itself.
        replaces_automatic: bool,
    },
    /// Nothing: Odoo has it, under this id.
    Keep(i64),
    /// Remove a record.
    Remove(i64),
    /// Nothing: there is none to remove.
    Gone,
    /// Nothing yet: whether Odoo has it will show.
    Wait,
    /// Nothing: somebody must look at it.
    Fail(String),
}

/// Decides.
pub(super) fn decide(log: &Standing<'_>) -> Step {
    match (log.there, log.known, log.wanted) {
        (Some(record), _, Some(_)) if log.is_leaving => Step::Fail(is_leaving(record)),
        (Some(_), _, None) if log.is_leaving => Step::Gone,
        (Some(record), _, wanted) => of_record(log, record, wanted),
        (None, Some(id), Some(_)) => Step::Fail(removed_there(id)),
        (None, Some(_), None) => Step::Gone,
        (None, None, _) if is_under_way(log) => Step::Wait,
        (None, None, Some(times)) => Step::Create(times),
        (None, None, None) => Step::Gone,
    }
}

/// A call that was not answered, of which Odoo shows nothing, may still be worked on there.
fn is_under_way(log: &Standing<'_>) -> bool {
    log.sent.attempt.is_some_and(|attempt| log.now - attempt.at < log.settle)
}

/// A change that may still arrive there would undo one of today.
fn may_be_undone(log: &Standing<'_>, record: &Record, times: Times) -> bool {
    let other = |attempt: Attempt| attempt.times() != times && attempt.times() != record.times;
    is_under_way(log) && log.sent.attempt.is_some_and(other)
}

fn of_record(log: &Standing<'_>, record: &Record, wanted: Option<Times>) -> Step {
    if record.employee != log.sent.employee.unwrap_or(log.employee) {
        return Step::Fail(of_another(record));
    }
    let is_automatic = ended_by_odoo(log.sent, record);
    let is_ours = log.sent.explains(record.times) || is_automatic;
    match wanted {
        Some(times) if may_be_undone(log, record, times) => Step::Wait,
        // Somebody may have made the same correction there, or entered the same by hand.
        Some(times) if times == record.times => Step::Keep(record.id),
        Some(_) if !is_ours && log.known.is_none() && log.sent.attempt.is_none() => {
            Step::Fail(not_ours(record))
        }
        Some(_) if !is_ours => Step::Fail(changed_there(log.sent, record)),
        None if !is_ours => Step::Fail(kept_there(record)),
        None => Step::Remove(record.id),
        // Still open here: what Odoo guessed stands until we know better.
        Some(times)
            if is_automatic && times.check_out.is_none() && times.check_in == record.times.check_in =>
        {
            Step::Keep(record.id)
        }
        Some(times) => Step::Write { id: record.id, times, replaces_automatic: is_automatic },
    }
}

/// Whether Odoo itself ended a record that we had left open.
fn ended_by_odoo(sent: &Sent, record: &Record) -> bool {
    record.ended_by_odoo && sent.explains(Times { check_out: None, ..record.times })
}

fn changed_there(sent: &Sent, record: &Record) -> String {
    let had = sent.times().or(sent.attempt.map(|attempt| attempt.times()));
    let had = had.map_or_else(String::new, |had| format!(", was sent as {}", span(had)));
    format!(
        "changed in Odoo: record {} says {} there{had}; edit the log here to the same times, or put the record back in Odoo",
        record.id,
        span(record.times)
    )
}

fn kept_there(record: &Record) -> String {
    format!(
        "changed in Odoo: record {} says {} there, and the log here is deleted or counts as missed; remove the record in Odoo \
         if nobody was there",
        record.id,
        span(record.times)
    )
}

fn removed_there(id: i64) -> String {
    format!(
        "changed in Odoo: record {id} was removed there; delete the log here too, or enter the time in Odoo by hand"
    )
}

fn not_ours(record: &Record) -> String {
    format!(
        "Odoo has record {} of this person from the same moment, {}, which we did not send; remove it there, or edit the log \
         here to the same times",
        record.id,
        span(record.times)
    )
}

fn is_leaving(record: &Record) -> String {
    format!(
        "Odoo still has record {} of a log of this person that was deleted here, and it is being removed there; sync again then",
        record.id
    )
}

fn of_another(record: &Record) -> String {
    format!(
        "changed in Odoo: record {} belongs to another employee there; put it back in Odoo, or check the database name",
        record.id
    )
}

/// A stretch of time for people, in UTC as Odoo keeps it.
pub(super) fn span(times: Times) -> String {
    let text = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
    let end = times.check_out.map_or_else(|| "open".to_owned(), text);
    format!("{} to {end} UTC", text(times.check_in))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn times(from: u32, to: u32) -> Times {
        Times::new(at(from), (to > 0).then(|| at(to)))
    }

    fn record(from: u32, to: u32) -> Record {
        Record { id: 5, employee: 7, times: times(from, to), ended_by_odoo: false }
    }

    fn under_way(base: Sent, from: u32, to: u32) -> Sent {
        let attempt = Attempt::new(times(from, to), at(18));
        if base == Sent::default() { Sent::first(7, attempt) } else { base.with(Some(attempt)) }
    }

    fn judged(wanted: Option<Times>, sent: &Sent, known: Option<i64>, there: Option<&Record>) -> Step {
        let settle = TimeDelta::minutes(2);
        decide(&Standing { wanted, employee: 7, sent, known, there, is_leaving: false, now: at(19), settle })
    }

    fn fails(step: &Step, why: &str) {
        assert!(matches!(step, Step::Fail(message) if message.contains(why)), "{step:?}");
    }

    #[test]
    fn what_odoo_does_not_know_is_made_and_what_it_knows_is_changed() {
        let (nothing, open) = (Sent::default(), Sent::confirmed(7, times(8, 0)));
        assert_eq!(judged(Some(times(8, 17)), &nothing, None, None), Step::Create(times(8, 17)));
        let write = Step::Write { id: 5, times: times(8, 17), replaces_automatic: false };
        assert_eq!(judged(Some(times(8, 17)), &open, Some(5), Some(&record(8, 0))), write);
        assert_eq!(judged(Some(times(8, 0)), &open, Some(5), Some(&record(8, 0))), Step::Keep(5));
    }

    #[test]
    fn after_a_lost_reply_the_record_is_found_and_none_is_made_again() {
        let lost = under_way(Sent::default(), 8, 0);
        assert_eq!(judged(Some(times(8, 0)), &lost, None, Some(&record(8, 0))), Step::Keep(5));
        let write = Step::Write { id: 5, times: times(7, 17), replaces_automatic: false };
        assert_eq!(judged(Some(times(7, 17)), &lost, None, Some(&record(8, 0))), write);
        let lost_write = under_way(Sent::confirmed(7, times(8, 0)), 8, 16);
        let write = Step::Write { id: 5, times: times(8, 17), replaces_automatic: false };
        for there in [record(8, 0), record(8, 16)] {
            assert_eq!(judged(Some(times(8, 17)), &lost_write, Some(5), Some(&there)), write);
        }
    }

    #[test]
    fn a_call_that_may_be_under_way_is_waited_for() {
        let young = Sent::first(7, Attempt::new(times(8, 0), at(19) - TimeDelta::seconds(30)));
        assert_eq!(judged(Some(times(8, 0)), &young, None, None), Step::Wait);
        assert_eq!(judged(None, &young, None, None), Step::Wait);
        assert_eq!(
            judged(Some(times(8, 0)), &under_way(Sent::default(), 8, 0), None, None),
            Step::Create(times(8, 0))
        );
    }

    #[test]
    fn what_people_changed_in_odoo_is_not_overwritten() {
        let sent = Sent::confirmed(7, times(8, 17));
        fails(&judged(Some(times(8, 18)), &sent, Some(5), Some(&record(8, 16))), "changed in Odoo");
        fails(&judged(None, &sent, Some(5), Some(&record(8, 16))), "changed in Odoo");
        fails(&judged(Some(times(8, 18)), &sent, Some(5), None), "removed there");
        let other = Record { employee: 9, ..record(8, 17) };
        fails(&judged(Some(times(8, 18)), &sent, Some(5), Some(&other)), "another employee");
        assert_eq!(judged(Some(times(8, 16)), &sent, Some(5), Some(&record(8, 16))), Step::Keep(5));
    }

    #[test]
    fn a_change_that_may_still_arrive_there_is_waited_for_before_another_one_is_made() {
        let sent = under_way(Sent::confirmed(7, times(8, 0)), 8, 17);
        let soon = |wanted: Option<Times>, there: Record| {
            let there = Some(&there);
            let settle = TimeDelta::hours(2);
            let (known, sent) = (Some(5), &sent);
            decide(&Standing {
                wanted,
                employee: 7,
                sent,
                known,
                there,
                is_leaving: false,
                now: at(19),
                settle,
            })
        };
        assert_eq!(soon(Some(times(8, 18)), record(8, 0)), Step::Wait);
        assert_eq!(soon(Some(times(8, 0)), record(8, 0)), Step::Wait, "taken back");
        let write = |to| Step::Write { id: 5, times: times(8, to), replaces_automatic: false };
        assert_eq!(soon(Some(times(8, 17)), record(8, 0)), write(17), "the same once more harms nobody");
        assert_eq!(soon(Some(times(8, 18)), record(8, 17)), write(18), "it has arrived");
        assert_eq!(
            judged(Some(times(8, 18)), &sent, Some(5), Some(&record(8, 0))),
            write(18),
            "it never will"
        );
    }

    #[test]
    fn a_record_that_is_to_go_is_nobodys_to_take_over() {
        let (nothing, there, settle) = (Sent::default(), record(8, 17), TimeDelta::zero());
        let standing = |wanted| Standing {
            wanted,
            employee: 7,
            sent: &nothing,
            known: None,
            there: Some(&there),
            is_leaving: true,
            now: at(19),
            settle,
        };
        fails(&decide(&standing(Some(times(8, 17)))), "is being removed");
        assert_eq!(decide(&standing(None)), Step::Gone);
    }

    #[test]
    fn a_log_that_is_gone_here_is_not_advised_to_be_edited() {
        let sent = Sent::confirmed(7, times(8, 17));
        fails(&judged(None, &sent, Some(5), Some(&record(8, 16))), "remove the record in Odoo");
    }

    #[test]
    fn a_record_from_the_same_moment_that_we_did_not_send_is_nobodys_to_overwrite() {
        let nothing = Sent::default();
        fails(&judged(Some(times(8, 17)), &nothing, None, Some(&record(8, 12))), "did not send");
        assert_eq!(judged(Some(times(8, 12)), &nothing, None, Some(&record(8, 12))), Step::Keep(5));
    }

    #[test]
    fn odoos_own_check_out_gives_way_to_ours_and_stands_until_there_is_one() {
        let open = Sent::confirmed(7, times(8, 0));
        let automatic = Record { ended_by_odoo: true, ..record(8, 16) };
        let write = Step::Write { id: 5, times: times(8, 18), replaces_automatic: true };
        assert_eq!(judged(Some(times(8, 18)), &open, Some(5), Some(&automatic)), write);
        assert_eq!(judged(Some(times(8, 0)), &open, Some(5), Some(&automatic)), Step::Keep(5));
    }

    #[test]
    fn the_record_of_a_missed_day_goes() {
        let sent = Sent::confirmed(7, times(8, 17));
        assert_eq!(judged(None, &sent, Some(5), Some(&record(8, 17))), Step::Remove(5));
        assert_eq!(judged(None, &sent, Some(5), None), Step::Gone);
        assert_eq!(
            judged(None, &under_way(Sent::default(), 8, 17), None, Some(&record(8, 17))),
            Step::Remove(5)
        );
    }
}
