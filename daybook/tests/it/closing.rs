//! The close of a day.

use attendance::Shift;
use chrono::{Days, TimeDelta};
use chrono_tz::Tz;
use daybook::close_days;
use entity::{
    attendance_log::{ActiveModel, OdooStatus, Status},
    closed_day, face_profile,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, EntityTrait as _};

use crate::book::{Book, EMPLOYEE, MONDAY, at, date, leaving, seen, shift, utc};

#[tokio::test]
async fn an_open_log_ends_with_the_last_sighting_and_goes_to_odoo_again() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    let sent = serde_json_sent();
    let synced = ActiveModel {
        id: Set(book.row().await.id),
        odoo_status: Set(OdooStatus::Synced),
        ..Default::default()
    };
    synced.update(book.db()).await.unwrap();
    book.db().execute_unprepared(&sent).await.unwrap();
    book.detect(EMPLOYEE, &seen(at("09:03"))).await;
    assert_eq!(close_days(book.db(), &book.site, at("17:59")).await.unwrap().checked_out, 0, "not over yet");
    assert_eq!(close_days(book.db(), &book.site, at("18:00")).await.unwrap().checked_out, 1);
    let row = book.row().await;
    assert_eq!((row.check_out_at, row.odoo_status), (Some(at("09:03")), OdooStatus::Pending));
    assert_eq!(row.time_out.unwrap().to_string(), "09:03:00");
}

/// What the sync keeps of an open attendance.
fn serde_json_sent() -> String {
    format!(
        r#"UPDATE attendance_logs SET odoo_sent = '{{"checkIn": "{MONDAY}T09:00:00Z", "checkOut": null}}'"#
    )
}

#[tokio::test]
async fn whoever_was_expected_and_has_no_log_was_missed() {
    let book = Book::office().await;
    for id in [EMPLOYEE, "EMP-002", "EMP-003"] {
        book.enrol(id).await;
    }
    book.see(seen(at("09:00"))).await;
    book.see(leaving(at("17:00"))).await;
    let archived =
        face_profile::ActiveModel { status: Set(face_profile::Status::Archived), ..Default::default() };
    let of_third =
        <face_profile::Column as sea_orm::ColumnTrait>::eq(&face_profile::Column::EmployeeId, "EMP-003");
    let update = face_profile::Entity::update_many().set(archived);
    sea_orm::QueryFilter::filter(update, of_third).exec(book.db()).await.unwrap();
    let closed = close_days(book.db(), &book.site, at("18:00")).await.unwrap();
    assert!(closed.days.contains(&date(MONDAY)));
    let of_monday: Vec<_> = book.rows().await.into_iter().filter(|row| row.date == date(MONDAY)).collect();
    assert_eq!(of_monday.len(), 2, "an archived person is not expected");
    let missed = &of_monday[1];
    assert_eq!((missed.employee_id.as_str(), missed.status), ("EMP-002", Status::Missed));
    assert_eq!((missed.odoo_status, missed.shift_id.as_deref()), (OdooStatus::Skipped, Some("S")));
    assert_eq!(missed.id, "ATT-20251103-002");
}

#[tokio::test]
async fn a_second_close_changes_nothing() {
    let book = Book::office().await;
    for id in [EMPLOYEE, "EMP-002"] {
        book.enrol(id).await;
    }
    book.see(seen(at("09:00"))).await;
    close_days(book.db(), &book.site, at("18:00")).await.unwrap();
    let (rows, days) = (book.rows().await, closed_day::Entity::find().all(book.db()).await.unwrap());
    let again = close_days(book.db(), &book.site, at("18:15")).await.unwrap();
    assert_eq!(again, daybook::Closed::default());
    assert_eq!(book.rows().await, rows);
    assert_eq!(closed_day::Entity::find().all(book.db()).await.unwrap(), days);
}

#[tokio::test]
async fn after_an_outage_every_day_of_the_last_two_weeks_is_closed() {
    let book = Book::office().await;
    book.enrol("EMP-002").await;
    close_days(book.db(), &book.site, at("18:00") - TimeDelta::days(5)).await.unwrap();
    let before = book.rows().await.len();
    let closed = close_days(book.db(), &book.site, at("18:00")).await.unwrap();
    assert_eq!((closed.days.len(), closed.missed), (5, 5));
    assert_eq!(book.rows().await.len(), before + 5);
}

#[tokio::test]
async fn nobody_is_missed_on_a_day_before_they_were_enrolled() {
    let book = Book::office().await;
    book.enrol("EMP-002").await;
    let enrolled = "UPDATE face_profiles SET created_at = '2025-11-03 10:00+00'";
    book.db().execute_unprepared(enrolled).await.unwrap();
    let closed = close_days(book.db(), &book.site, utc("2025-11-04 18:00")).await.unwrap();
    assert_eq!(closed.missed, 1, "on Tuesday, and not on Monday, whose shift had begun");
}

#[tokio::test]
async fn a_shift_that_is_made_later_makes_nobody_missed_on_a_closed_day() {
    let mut book = Book::with(Vec::new(), Tz::UTC).await;
    book.enrol("EMP-002").await;
    close_days(book.db(), &book.site, utc("2025-11-04 02:00")).await.unwrap();
    book.site.shifts = vec![shift("S", "09:00", "17:00")];
    let closed = close_days(book.db(), &book.site, at("18:00") + TimeDelta::days(1)).await.unwrap();
    assert_eq!(closed.days, [date(MONDAY) + Days::new(1)]);
}

#[tokio::test]
async fn somebody_seen_after_the_close_is_not_missed_any_more() {
    let book = Book::office().await;
    book.enrol(EMPLOYEE).await;
    close_days(book.db(), &book.site, at("18:00")).await.unwrap();
    assert!(book.rows().await.iter().all(|row| row.status == Status::Missed));
    book.see(seen(at("19:00"))).await;
    let rows = book.rows().await;
    let row = rows.iter().find(|row| row.date == date(MONDAY)).unwrap();
    assert_eq!((row.status, row.odoo_status), (Status::Late, OdooStatus::Pending));
    assert_eq!((row.check_in_at, row.check_out_at), (Some(at("19:00")), Some(at("19:00"))));
    assert_eq!(row.camera_name.as_deref(), Some("Name of CAM-INSIDE"));
}

#[tokio::test]
async fn a_night_shift_is_closed_the_morning_after_with_its_last_sighting() {
    let book = Book::with(vec![shift("N", "22:00", "06:00")], Tz::UTC).await;
    book.see(seen(at("21:55"))).await;
    book.detect(EMPLOYEE, &seen(utc("2025-11-04 05:58"))).await;
    let early = close_days(book.db(), &book.site, utc("2025-11-04 06:59")).await.unwrap();
    assert_eq!(early.checked_out, 0);
    close_days(book.db(), &book.site, utc("2025-11-04 07:00")).await.unwrap();
    assert_eq!(book.row().await.check_out_at, Some(utc("2025-11-04 05:58")));
}

#[tokio::test]
async fn people_of_a_department_without_a_shift_that_day_are_not_missed() {
    let sales = Shift { department: Some("Sales".to_owned()), ..shift("S", "09:00", "17:00") };
    let book = Book::with(vec![sales], Tz::UTC).await;
    book.enrol("EMP-002").await;
    let closed = close_days(book.db(), &book.site, at("18:00")).await.unwrap();
    assert_eq!((closed.missed, closed.days.contains(&date(MONDAY))), (0, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_people_are_closed_within_seconds() {
    let book = Book::office().await;
    for statement in [
        "INSERT INTO face_profiles (id, employee_id, name, status, created_at)
         SELECT gen_random_uuid(), 'EMP-' || n, 'Name ' || n, 'active', '2025-01-01' FROM generate_series(1, 10000) AS n",
        "INSERT INTO attendance_logs (id, employee_id, name, date, check_in_at, time_in, status, source)
         SELECT 'ATT-20251103-' || n, 'EMP-' || n, 'Name ' || n, '2025-11-03', '2025-11-03 09:00+00', '09:00', 'present',
                'camera' FROM generate_series(20001, 25000) AS n",
        "UPDATE attendance_logs SET employee_id = 'EMP-' || (split_part(employee_id, '-', 2)::integer - 20000)",
        "INSERT INTO closed_days (date, closed_at, checked_out, missed)
         SELECT '2025-11-03'::date - n, now(), 0, 0 FROM generate_series(1, 14) AS n",
        "ANALYZE",
    ] {
        book.db().execute_unprepared(statement).await.unwrap();
    }
    let begun = std::time::Instant::now();
    let closed = close_days(book.db(), &book.site, at("18:00")).await.unwrap();
    assert_eq!((closed.checked_out, closed.missed), (5_000, 5_000));
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    println!("10,000 people were closed in {:?}", begun.elapsed());
}
