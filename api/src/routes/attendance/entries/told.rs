//! What an edit comes to, in words for the audit: whoever reads it need not compare two rows.

use daybook::Edited;
use entity::attendance_log::Model;
use sea_orm::ActiveEnum as _;

use super::super::log::time_of_day;

/// Notes are told so far.
const NOTE: usize = 60;
const NOTHING: &str = "none";

/// The fields that people write, as they are now and, where the day had a log, as they were: `time out 17:00:00 → 18:30:00`. Those
/// that stay are left out.
pub(super) fn told(edited: &Edited) -> String {
    let after = fields(&edited.after);
    let before = edited.before.as_ref().map(fields);
    let told = after.into_iter().enumerate().filter_map(|(place, (name, now))| {
        match before.as_ref().map(|before| &before[place].1) {
            Some(was) if *was == now => None,
            Some(was) => Some(format!("{name} {was} → {now}")),
            None => (now != NOTHING).then(|| format!("{name} {now}")),
        }
    });
    told.collect::<Vec<_>>().join(", ")
}

fn fields(log: &Model) -> [(&'static str, String); 5] {
    let time = |time: Option<_>| time.map_or_else(|| NOTHING.to_owned(), time_of_day);
    let note = log.note.as_ref().map(|note| format!("\"{}\"", note.chars().take(NOTE).collect::<String>()));
    let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
    [
        ("time in", time(log.time_in)),
        ("time out", time(log.time_out)),
        ("status", log.status.to_value()),
        ("camera", or_nothing(log.camera_id.clone())),
        ("note", or_nothing(note)),
    ]
}
