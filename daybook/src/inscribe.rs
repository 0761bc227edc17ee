//! Writes down what people entered, with the marks that tell their fields from those of cameras.

use attendance::{Entry, odoo::Cause};
use chrono::NaiveDate;
use entity::attendance_log::{self, ActiveModel, Model, Opened, Source, VerificationStatus};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    DatabaseTransaction, DbErr,
};

use crate::{
    columns::{at_camera, missed, moved, opened, without_camera},
    days::Days,
    decide::Decided,
    edit::{Edited, Edits, Field},
};

/// Stores a day as decided; where that changes nothing, nothing is written.
pub(crate) async fn inscribe(
    transaction: &DatabaseTransaction,
    days: &Days<'_>,
    date: NaiveDate,
    edits: &Edits,
    decided: Decided,
    source: Source,
) -> Result<Edited, DbErr> {
    let before = days.row(date);
    if let Some(row) = before.filter(|row| is_so_already(row, days, edits, &decided)) {
        return Ok(Edited { before: Some(row.clone()), after: row.clone() });
    }
    let columns = columns(days, date, edits, &decided, source);
    let after = match before {
        Some(_) => columns.update(transaction).await?,
        None => {
            let id = attendance_log::next_id(transaction, date).await?;
            let row = ActiveModel { id: Set(id), ..columns };
            match attendance_log::open(transaction, &days.person.id, date, row).await? {
                Opened::New(row) | Opened::Existing(row) => row,
            }
        }
    };
    Ok(Edited { before: before.cloned(), after })
}

fn is_so_already(row: &Model, days: &Days<'_>, edits: &Edits, decided: &Decided) -> bool {
    let note_is_so = match &edits.note {
        Field::Keep => true,
        Field::Enter(note) => row.note.as_ref() == Some(note),
        Field::Clear => row.note.is_none(),
    };
    note_is_so && days.entry(row.date) == decided.entry && days.log(row.date) == decided.log
}

fn columns(
    days: &Days<'_>,
    date: NaiveDate,
    edits: &Edits,
    decided: &Decided,
    source: Source,
) -> ActiveModel {
    let (row, Decided { entry, log, seen }) = (days.row(date), decided);
    let written = match (row, log) {
        (Some(row), None) => ActiveModel { id: Set(row.id.clone()), ..missed() },
        (None, None) => ActiveModel {
            name: Set(days.person.name.clone()),
            department: Set(days.person.department.clone()),
            shift_id: Set(expecting(days, date)),
            ..missed()
        },
        (Some(row), Some(log)) => moved(row, log, days.site.zone, Cause::Edited),
        (None, Some(log)) => opened(days.person, log, seen.as_ref(), days.site.zone),
    };
    let by_hand = *entry != Entry::NOTHING;
    let kept_source =
        row.filter(|row| row.check_in_entered && edits.check_in.is_kept()).map(|row| row.source);
    ActiveModel {
        check_in_entered: Set(entry.check_in().is_some()),
        check_out_entered: Set(entry.check_out().is_some()),
        status_entered: Set(entry.status().is_some()),
        source: Set(if by_hand { kept_source.unwrap_or(source) } else { Source::Camera }),
        verification_status: Set(VerificationStatus::Confirmed),
        note: match &edits.note {
            Field::Keep => NotSet,
            Field::Enter(note) => Set(Some(note.clone())),
            Field::Clear => Set(None),
        },
        odoo_attempts: Set(0),
        odoo_error_message: Set(None),
        ..camera(row, edits, decided, written)
    }
}

/// The first shift of the day that the person was to come for, as the close of a day tells it of those who were missed.
fn expecting(days: &Days<'_>, date: NaiveDate) -> Option<String> {
    days.plan.on(date).into_iter().min_by_key(|shift| shift.start).map(|shift| shift.shift_id)
}

/// Where the check-in was: where a camera saw it, where somebody says that it was, or nowhere that is known.
fn camera(row: Option<&Model>, edits: &Edits, decided: &Decided, written: ActiveModel) -> ActiveModel {
    let Decided { entry, log, seen } = decided;
    match (log, &edits.camera) {
        (None, _) => written,
        (Some(_), Some((id, name))) if entry.check_in().is_some() => ActiveModel {
            camera_id: Set(Some(id.clone())),
            camera_name: Set(Some(name.clone())),
            ..without_camera(written)
        },
        (Some(log), _) => match (edits.check_in.is_kept(), seen) {
            // Nobody touched the check-in of a log that there was.
            (true, _) if row.is_some_and(|row| row.check_in_at == Some(log.check_in)) => written,
            // It was entered before, and with it where it was.
            (false, None) if entry.check_in().is_some() && row.is_some_and(|row| row.check_in_entered) => {
                written
            }
            (_, Some(seen)) => at_camera(log, Some(seen), written),
            (_, None) => without_camera(written),
        },
    }
}
