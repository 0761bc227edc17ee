//! The list of periodic jobs.

use std::collections::HashSet;

use jobs::catalogue::CATALOGUE;
use timetable::Timetable;

#[test]
fn every_schedule_of_the_catalogue_has_a_name_of_its_own_and_a_cron_that_can_be_read() {
    let mut names = HashSet::new();
    for entry in CATALOGUE {
        assert!(names.insert(entry.name), "{} twice", entry.name);
        assert!(Timetable::parse(entry.cron, "UTC").is_ok(), "{}: {}", entry.name, entry.cron);
    }
}
