//! The live path, in whatever order frames arrive, and a recomputation give one log.

use std::collections::BTreeMap;

use attendance::{Direction, Log, Rules, Shift, Sighting, Trigger, Weekdays, close, day, history::History};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use daybook::{close_days, recompute};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::book::{Book, date, utc};

/// Nights in which clocks change, and one in which they do not.
const NIGHTS: [(Tz, &str); 5] = [
    (Tz::Europe__Berlin, "2025-03-30"),
    (Tz::America__New_York, "2025-11-02"),
    (Tz::Australia__Lord_Howe, "2025-10-05"),
    (Tz::Africa__Casablanca, "2025-04-06"),
    (Tz::Asia__Kathmandu, "2025-06-01"),
];

/// A few days of one person.
#[derive(Clone, Debug)]
struct Case {
    zone: Tz,
    day: NaiveDate,
    shifts: Vec<Shift>,
    /// In the order in which workers get to them.
    arrivals: Vec<Sighting>,
    rules: Rules,
}

fn shifts() -> impl Strategy<Value = Vec<Shift>> {
    let one = (0_u32..24, 0_u32..23, 0_u32..30).prop_map(|(start, length, grace)| {
        let end = (start + length + 1) % 24;
        Shift {
            id: format!("{start}-{end}"),
            start: NaiveTime::from_hms_opt(start, 0, 0).unwrap(),
            end: NaiveTime::from_hms_opt(end, 0, 0).unwrap(),
            days: Weekdays::ALL,
            grace_minutes: grace,
            department: None,
        }
    });
    vec(one, 0..4).prop_map(|mut shifts| {
        shifts.sort_by(|one, other| one.id.cmp(&other.id));
        shifts.dedup_by(|one, other| one.id == other.id);
        shifts.retain(|shift| shift.start != shift.end);
        shifts
    })
}

fn sightings(from: DateTime<Utc>) -> impl Strategy<Value = Vec<Sighting>> {
    let cameras = select(vec![
        ("CAM-INSIDE", Direction::Both),
        ("CAM-ENTRY", Direction::Entry),
        ("CAM-EXIT", Direction::Exit),
    ]);
    let gap = prop_oneof![0_i64..20, 20_i64..900, 900_i64..40_000];
    vec((gap, cameras, any::<bool>()), 1..14).prop_map(move |steps| {
        let mut at = from;
        let mut sighting = |(gap, (camera, direction), automatic): (i64, (&str, Direction), bool)| {
            at += TimeDelta::seconds(gap);
            let trigger = if automatic { Trigger::Automatic } else { Trigger::OnDemand };
            Sighting { at, camera_id: camera.to_owned(), direction, interval_seconds: None, trigger }
        };
        steps.into_iter().map(&mut sighting).collect()
    })
}

fn case() -> impl Strategy<Value = Case> {
    select(NIGHTS.to_vec()).prop_flat_map(|(zone, night)| {
        let day = date(night) - Days::new(1);
        let seen = sightings(day::start(day, zone)).prop_shuffle();
        let rules = (0_u32..120, 0_u32..10).prop_map(|(cooldown, stay)| Rules {
            cooldown_seconds: cooldown,
            min_stay_minutes: stay,
            ..Rules::default()
        });
        (Just(zone), Just(day), shifts(), seen, rules).prop_map(|(zone, day, shifts, arrivals, rules)| Case {
            zone,
            day,
            shifts,
            arrivals,
            rules,
        })
    })
}

impl Case {
    /// What all sightings give, once every day is over.
    fn truth(&self, book: &Book) -> Vec<(NaiveDate, Log)> {
        let plan = book.site.plan(None);
        let entries = BTreeMap::new();
        let history = History {
            plan: &plan,
            rules: self.rules,
            first: self.day - Days::new(2),
            last: self.day + Days::new(9),
            before: None,
            entries: &entries,
        };
        let judged = history.judge(&self.arrivals);
        judged.into_iter().filter_map(|(date, day)| Some((date, close::settle(day)?))).collect()
    }
}

impl Case {
    fn later(&self) -> DateTime<Utc> {
        day::start(self.day + Days::new(9), self.zone)
    }
}

async fn live_and_recomputed_agree(book: &Book, case: &Case) {
    let (who, later) = (book.person(), case.later());
    let before_all = utc("2025-01-01 00:00");
    for sighting in &case.arrivals {
        // So early that no day is over: the close comes afterwards.
        book.see_at(sighting.clone(), before_all).await;
    }
    close_days(book.db(), &book.site, later).await.unwrap();
    assert_eq!(book.logs().await, case.truth(book), "live, then closed: {case:#?}");
    for offset in 0..8 {
        let date = case.day + Days::new(offset);
        let done = recompute(book.db(), &book.site, date, Some(&who.id), later).await.unwrap();
        assert_eq!(done.changed, [], "{date}: {case:#?}");
    }
}

async fn closed_first_and_seen_late_agree(book: &Book, case: &Case) {
    close_days(book.db(), &book.site, case.later()).await.unwrap();
    for sighting in &case.arrivals {
        book.see_at(sighting.clone(), case.later()).await;
    }
    assert_eq!(book.logs().await, case.truth(book), "closed, then seen: {case:#?}");
}

/// Always the same cases, so that a failure is found again.
fn cases(count: usize) -> Vec<Case> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| case().new_tree(&mut runner).unwrap().current()).collect()
}

/// One database for all cases, and in it another person for each.
async fn book() -> Book {
    let book = Book::with(Vec::new(), Tz::UTC).await;
    for (_, night) in NIGHTS {
        book.keep_days(&(date(night) - Days::new(3)).to_string(), 14).await;
    }
    book
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_in_any_order_and_a_recomputation_give_one_log() {
    let mut book = book().await;
    for (number, case) in cases(60).iter().enumerate() {
        book.turn_to(number, case.rules, &case.shifts, case.zone).await;
        live_and_recomputed_agree(&book, case).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_come_after_the_close_give_the_log_that_the_close_would_have_left() {
    let mut book = book().await;
    for (number, case) in cases(60).iter().enumerate() {
        book.turn_to(number, case.rules, &case.shifts, case.zone).await;
        closed_first_and_seen_late_agree(&book, case).await;
    }
}
