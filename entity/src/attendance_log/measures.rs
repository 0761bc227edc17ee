//! What is reckoned from logs, written once as SQL over the columns of `attendance_logs`, so that statistics, reports and exports
//! agree to the minute.
//!
//! Worked time is the distance of two instants. A time of day is what the site's clocks showed, as it is stored; for an average it
//! is counted from the midnight with which the log's day began, so that half past midnight of a night shift is 24:30 and not 00:30.

use super::Model;

/// Whole minutes from the check-in to the check-out of a log; null while one of them is missing.
pub(crate) const WORKED_MINUTES: &str = "floor(date_part('epoch', check_out_at - check_in_at) / 60)::bigint";

/// Seconds on the site's clock from the midnight of the log's `date` to a time of day of it; null without one.
///
/// The instant beside the time tells how many midnights lie between. It is only used for that: whole days are found rightly
/// even where the zone was another one when the log was written. `zone` is SQL that yields the name of the site's zone.
pub(crate) fn since_midnight(time: &str, instant: &str, zone: &str) -> String {
    format!(
        "date_part('epoch', {time}) + 86400 * coalesce(
             round(date_part('epoch', ({instant} AT TIME ZONE {zone}) - (date + {time})) / 86400), 0)"
    )
}

/// The time of day that lies these seconds after a midnight; SQL that yields a `time`, or null of null.
pub(crate) fn time_of_day(seconds: &str) -> String {
    format!("time '00:00' + make_interval(secs => round({seconds}))")
}

impl Model {
    /// Whole minutes from check-in to check-out: as an instant, not by the clock on the wall, so that neither midnight nor daylight
    /// saving matters. `None` while one of them is missing.
    #[must_use]
    pub fn worked_minutes(&self) -> Option<i64> {
        let (came, left) = self.check_in_at.zip(self.check_out_at)?;
        Some((left - came).num_minutes())
    }
}
