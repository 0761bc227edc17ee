//! Two shifts to start with: one by day, one across midnight. Neither belongs to a department, so they hold for everybody.

use chrono::NaiveTime;
use entity::shift_schedule;
use sea_orm_migration::sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};

const WORKDAYS: [i32; 5] = [1, 2, 3, 4, 5];

/// Adds the shifts, unless there is any shift already: an administrator who has removed one does not want it back.
pub(super) async fn plant(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if shift_schedule::Entity::find().one(db).await?.is_some() {
        return Ok(());
    }
    let rows =
        [shift("SHIFT-DAY", "Day", at(9), at(17), 15), shift("SHIFT-NIGHT", "Night", at(22), at(6), 15)];
    shift_schedule::Entity::insert_many(rows)
        .on_conflict_do_nothing()
        .exec_without_returning(db)
        .await
        .map(drop)
}

fn shift(id: &str, name: &str, start: NaiveTime, end: NaiveTime, grace: i32) -> shift_schedule::ActiveModel {
    shift_schedule::ActiveModel {
        id: Set(id.to_owned()),
        name: Set(name.to_owned()),
        start_time: Set(start),
        end_time: Set(end),
        days: Set(WORKDAYS.to_vec()),
        grace_minutes: Set(grace),
        ..Default::default()
    }
}

/// A full hour; the hours are written down above and lie within the day.
fn at(hour: u32) -> NaiveTime {
    NaiveTime::MIN + chrono::TimeDelta::hours(i64::from(hour))
}
