//! The day-of-week field, translated for the `cron` crate, which counts from Sunday = 1 where standard cron
//! has Sunday = 0 and 7.

/// Names as cron knows them, Sunday first.
const NAMES: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// The field as a list of the crate's numbers, or `None` when it cannot be read.
pub(crate) fn translate(field: &str) -> Option<String> {
    let mut days = Vec::new();
    for item in field.split(',') {
        days.extend(numbers(item)?.map(|day| day % 7 + 1));
    }
    days.sort_unstable();
    days.dedup();
    let days: Vec<_> = days.iter().map(ToString::to_string).collect();
    Some(days.join(","))
}

/// The days of `*`, `a`, `a-b` or one of them with a step, Sunday as 0 or 7.
fn numbers(item: &str) -> Option<impl Iterator<Item = usize>> {
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, step.parse().ok().filter(|step| (1..=7).contains(step))?),
        None => (item, 1),
    };
    let (first, last) = match range.split_once('-') {
        Some((first, last)) => (number(first)?, number(last)?),
        None if matches!(range, "*" | "?") => (0, 6),
        None if item.contains('/') => (number(range)?, 6),
        None => (number(range)?, number(range)?),
    };
    (first <= last).then(|| (first..=last).step_by(step))
}

fn number(day: &str) -> Option<usize> {
    let named = NAMES.iter().position(|name| name.eq_ignore_ascii_case(day));
    let is_number = !day.is_empty() && day.bytes().all(|byte| byte.is_ascii_digit());
    named.or_else(|| day.parse().ok().filter(|day| is_number && *day <= 7))
}
