//! Attendance in numbers, a day at a glance, everybody's mark of today, and what Odoo has yet to get.

use chrono::{Days, NaiveDate, Utc};
use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::support::{Api, User, VIEWER, read, refused};

/// Two people of a department in July: Ada comes each day, Bob once late and once not at all; the second of July is over midnight.
const LOGS: &str = "
INSERT INTO attendance_logs (id, employee_id, name, department, date, time_in, time_out, check_in_at, check_out_at, camera_id,
                             accuracy, status, source, odoo_status)
VALUES ('ATT-20260701-001', 'EMP-001', 'Ada', 'R&D', '2026-07-01', '08:00', '16:00', '2026-07-01 08:00Z', '2026-07-01 16:00Z',
        'CAM-01', 89.96, 'present', 'camera', 'synced'),
       ('ATT-20260701-002', 'EMP-002', 'Bob', 'R&D', '2026-07-01', '09:30', NULL, '2026-07-01 09:30Z', NULL,
        'CAM-02', NULL, 'late', 'camera', 'failed'),
       ('ATT-20260702-001', 'EMP-001', 'Ada', NULL, '2026-07-02', '23:00', '06:30', '2026-07-02 23:00Z', '2026-07-03 06:30Z',
        'CAM-01', 95, 'present', 'camera', 'pending'),
       ('ATT-20260703-001', 'EMP-002', 'Bob', 'R&D', '2026-07-03', NULL, NULL, NULL, NULL, NULL, NULL, 'missed', 'camera', 'skipped')";

const PEOPLE: &str = "
INSERT INTO face_profiles (id, employee_id, name, department, status)
VALUES (gen_random_uuid(), 'EMP-001', 'Ada', 'R&D', 'active'), (gen_random_uuid(), 'EMP-002', 'Bob', 'R&D', 'active'),
       (gen_random_uuid(), 'EMP-003', 'Cem', NULL, 'active'), (gen_random_uuid(), 'EMP-004', 'Dan', NULL, 'archived')";

async fn write(api: &Api, statement: &str) {
    api.database.connection.execute_unprepared(statement).await.unwrap();
}

async fn with_logs() -> (Api, User) {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    write(&api, LOGS).await;
    write(&api, PEOPLE).await;
    (api, viewer)
}

async fn get(api: &Api, user: &User, path: &str) -> Value {
    let (status, body) = read(api.get(&format!("/api/v1{path}")).bearer_auth(&user.token)).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

#[tokio::test]
async fn statistics_have_the_fields_of_the_contract_and_a_bucket_for_each_day() {
    let (api, viewer) = with_logs().await;
    let path = "/attendance/statistics?groupBy=day&dateFrom=2026-06-30&dateTo=2026-07-01";
    let expected = json!({
        "groupBy": "day", "dateFrom": "2026-06-30", "dateTo": "2026-07-01",
        "buckets": [
            { "key": "2026-06-30", "label": "2026-06-30", "present": 0, "late": 0, "missed": 0, "total": 0, "uniquePeople": 0,
              "averageAccuracy": null },
            { "key": "2026-07-01", "label": "2026-07-01", "present": 1, "late": 1, "missed": 0, "total": 2, "uniquePeople": 2,
              "averageAccuracy": 90.0 },
        ],
        "totals": { "present": 1, "late": 1, "missed": 0, "total": 2, "uniquePeople": 2, "averageAccuracy": 90.0 },
    });
    assert_eq!(get(&api, &viewer, path).await["data"], expected);
}

#[tokio::test]
async fn statistics_group_by_what_is_asked_for() {
    let (api, viewer) = with_logs().await;
    let july = "dateFrom=2026-07-01&dateTo=2026-07-31";
    for (query, buckets, full, total) in [
        ("groupBy=hour", 24, vec![("08:00", 1), ("09:00", 1), ("23:00", 1)], 4),
        ("groupBy=day", 31, vec![("2026-07-01", 2), ("2026-07-02", 1), ("2026-07-03", 1)], 4),
        ("groupBy=camera", 3, vec![("No camera", 1), ("CAM-01", 2), ("CAM-02", 1)], 4),
        ("groupBy=department", 2, vec![("No department", 1), ("R&D", 3)], 4),
        ("groupBy=department&cameraId=CAM-01", 2, vec![("No department", 1), ("R&D", 1)], 2),
        ("department=R%26D", 31, vec![("2026-07-01", 2), ("2026-07-03", 1)], 3),
    ] {
        let data = &get(&api, &viewer, &format!("/attendance/statistics?{july}&{query}")).await["data"];
        let all = data["buckets"].as_array().unwrap();
        let with_logs = all.iter().filter(|bucket| bucket["total"] != 0);
        let found: Vec<_> = with_logs
            .map(|bucket| (bucket["label"].as_str().unwrap(), bucket["total"].as_i64().unwrap()))
            .collect();
        assert_eq!((all.len(), found), (buckets, full), "{query}");
        assert_eq!(data["totals"]["total"], total, "{query}");
    }
}

#[tokio::test]
async fn statistics_that_a_client_has_are_answered_with_304_until_one_of_their_days_changes() {
    let (api, viewer) = with_logs().await;
    let ask = async |etag: &str| {
        let path = "/api/v1/attendance/statistics?dateFrom=2026-07-01&dateTo=2026-07-31";
        let answer =
            api.get(path).bearer_auth(&viewer.token).header("if-none-match", etag).send().await.unwrap();
        (answer.status(), answer.headers()["etag"].to_str().unwrap().to_owned())
    };
    let (status, mut etag) = ask("").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(ask(&etag).await, (StatusCode::NOT_MODIFIED, etag.clone()));
    for (statement, changes) in [
        ("UPDATE attendance_logs SET accuracy = 80 WHERE id = 'ATT-20260701-001'", true),
        ("UPDATE attendance_logs SET status = 'present' WHERE id = 'ATT-20260701-002'", true),
        ("UPDATE attendance_logs SET note = 'n', time_out = '17:00' WHERE id = 'ATT-20260701-001'", false),
        ("DELETE FROM attendance_logs WHERE id = 'ATT-20260703-001'", true),
        (
            "INSERT INTO attendance_logs (id, employee_id, name, date, status, source)
          VALUES ('ATT-20260801-001', 'EMP-001', 'Ada', '2026-08-01', 'present', 'camera')",
            false,
        ),
        ("UPDATE attendance_logs SET date = '2026-07-04' WHERE id = 'ATT-20260801-001'", true),
    ] {
        write(&api, statement).await;
        let (status, now) = ask(&etag).await;
        assert_eq!((status == StatusCode::OK, now != etag), (changes, changes), "{statement}");
        etag = now;
    }
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let (api, viewer) = with_logs().await;
    for (path, fields) in [
        ("/attendance/statistics?groupBy=week", vec!["groupBy"]),
        ("/attendance/statistics?dateFrom=yesterday", vec!["dateFrom"]),
        ("/attendance/statistics?dateFrom=2026-07-02&dateTo=2026-07-01", vec!["dateFrom"]),
        ("/attendance/statistics?dateFrom=2025-01-01&dateTo=2026-01-02", vec!["dateFrom"]),
        ("/attendance/statistics?dateFrom=-0001-01-01&dateTo=%2B10000-01-01", vec!["dateFrom", "dateTo"]),
        ("/attendance/overview?date=%2B10000-01-01", vec!["date"]),
        ("/attendance/today?status=asleep", vec!["status"]),
        ("/attendance/pending?pageSize=201", vec!["pageSize"]),
        ("/attendance/user-history?employeeId=x&startDate=2026-07-02&endDate=2026-07-01", vec!["startDate"]),
        ("/reports/daily?date=2026-02-30", vec!["date"]),
        ("/reports/monthly?month=13", vec!["month"]),
        ("/reports/monthly?year=0", vec!["year"]),
        ("/reports/department?dateFrom=2026-07-02&dateTo=2026-07-01", vec!["dateFrom"]),
    ] {
        let request = api.get(&format!("/api/v1{path}")).bearer_auth(&viewer.token);
        let body = refused(request, 422, "VALIDATION_ERROR").await;
        let details = body["error"]["details"].as_array().unwrap();
        let named: Vec<_> = details.iter().map(|issue| issue["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields, "{path}");
    }
}

#[tokio::test]
async fn an_overview_tells_who_was_expected_and_who_came() {
    let (api, viewer) = with_logs().await;
    let day = get(&api, &viewer, "/attendance/overview?date=2026-07-01").await["data"].clone();
    let of_departments = json!([
        { "department": "R&D", "expected": 2, "present": 1, "late": 1, "missed": 0, "completionPercent": 100.0 },
        { "department": null, "expected": 1, "present": 0, "late": 0, "missed": 0, "completionPercent": 0.0 },
    ]);
    assert_eq!(day["byDepartment"], of_departments);
    assert_eq!(
        (&day["date"], &day["expected"], &day["present"]),
        (&json!("2026-07-01"), &json!(3), &json!(1))
    );
    assert_eq!((&day["late"], &day["missed"], &day["onSite"]), (&json!(1), &json!(0), &Value::Null));
    assert_eq!(day["averageTimeIn"], "08:45:00");
    assert!((day["completionPercent"].as_f64().unwrap() - 200.0 / 3.0).abs() < 1e-9);
    let shifts: Vec<_> = day["shifts"].as_array().unwrap().iter().map(|shift| shift["id"].clone()).collect();
    assert_eq!(shifts, ["SHIFT-DAY", "SHIFT-NIGHT"]);
}

/// A zone whose day is not the day of UTC: one of the two is always a day ahead or behind.
async fn in_another_day(api: &Api) -> NaiveDate {
    let now = Utc::now();
    let zones = [chrono_tz::Pacific::Kiritimati, chrono_tz::Pacific::Pago_Pago];
    let zone =
        zones.into_iter().find(|zone| now.with_timezone(zone).date_naive() != now.date_naive()).unwrap();
    let set =
        format!("UPDATE system_config SET value = '\"{}\"' WHERE key = 'attendance.timezone'", zone.name());
    write(api, &set).await;
    now.with_timezone(&zone).date_naive()
}

#[tokio::test]
async fn a_date_that_is_absent_is_the_day_of_the_site() {
    let (api, viewer) = with_logs().await;
    let today = in_another_day(&api).await;
    let person = "INSERT INTO attendance_records (id, person_id, name, status, timestamp) VALUES
                  (gen_random_uuid(), 'EMP-001', 'Ada', 'on-site', now())";
    write(&api, person).await;
    let log = "INSERT INTO attendance_logs (id, employee_id, name, date, status, source)
               VALUES ('ATT-1', 'EMP-002', 'Bob', '{}', 'late', 'manual')";
    write(&api, &log.replace("{}", &today.to_string())).await;
    let overview = get(&api, &viewer, "/attendance/overview").await["data"].clone();
    assert_eq!((&overview["date"], &overview["onSite"]), (&json!(today), &json!(1)));
    let statistics = get(&api, &viewer, "/attendance/statistics").await["data"].clone();
    assert_eq!(
        (&statistics["dateFrom"], &statistics["dateTo"]),
        (&json!(today - Days::new(29)), &json!(today))
    );
    assert_eq!(get(&api, &viewer, "/reports/daily").await["data"]["date"], json!(today));
    let people = get(&api, &viewer, "/attendance/today").await;
    let marks: Vec<_> =
        people["data"].as_array().unwrap().iter().map(|p| (&p["name"], &p["status"])).collect();
    let (ada, bob, cem) = (json!("Ada"), json!("Bob"), json!("Cem"));
    let (absent, late) = (json!("absent"), json!("late"));
    assert_eq!(marks, [(&ada, &absent), (&bob, &late), (&cem, &absent)]);
    assert_eq!(people["meta"]["total"], 3);
}

#[tokio::test]
async fn todays_people_are_filtered_and_come_in_pages() {
    let (api, viewer) = with_logs().await;
    let log = "INSERT INTO attendance_logs (id, employee_id, name, date, time_in, status, source)
               VALUES ('ATT-1', 'EMP-002', 'Bob', (now() AT TIME ZONE 'UTC')::date, '09:00', 'present', 'manual')";
    write(&api, log).await;
    for (query, names, total) in [
        ("", vec!["Ada", "Bob", "Cem"], 3),
        ("?status=present", vec!["Bob"], 1),
        ("?status=absent", vec!["Ada", "Cem"], 2),
        ("?status=missed", vec![], 0),
        ("?department=R%26D", vec!["Ada", "Bob"], 2),
        ("?search=EMP-003", vec!["Cem"], 1),
        ("?search=AD", vec!["Ada"], 1),
        ("?search=%25", vec![], 0),
        ("?pageSize=2", vec!["Ada", "Bob"], 3),
        ("?pageSize=2&page=2", vec!["Cem"], 3),
        ("?pageSize=2&page=1000000", vec![], 3),
    ] {
        let body = get(&api, &viewer, &format!("/attendance/today{query}")).await;
        let found: Vec<_> =
            body["data"].as_array().unwrap().iter().map(|person| person["name"].as_str().unwrap()).collect();
        assert_eq!((found, body["meta"]["total"].as_u64().unwrap()), (names, total), "{query}");
    }
    let bob = get(&api, &viewer, "/attendance/today?search=bob").await["data"][0].clone();
    let expected = json!({
        "employeeId": "EMP-002", "name": "Bob", "department": "R&D", "status": "present", "marked": true, "logId": "ATT-1",
        "timeIn": "09:00:00", "timeOut": null, "cameraId": null, "cameraName": null,
    });
    assert_eq!(bob, expected);
}

#[tokio::test]
async fn pending_are_the_logs_that_odoo_has_yet_to_get() {
    let (api, viewer) = with_logs().await;
    let ids = async || {
        let body = get(&api, &viewer, "/attendance/pending").await;
        let rows = body["data"].as_array().unwrap().iter();
        let ids: Vec<_> = rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(body["meta"]["total"], ids.len());
        ids
    };
    assert_eq!(ids().await, ["ATT-20260702-001", "ATT-20260701-002"]);
    write(&api, "UPDATE attendance_logs SET odoo_status = 'synced' WHERE id = 'ATT-20260702-001'").await;
    assert_eq!(ids().await, ["ATT-20260701-002"]);
    assert_eq!(get(&api, &viewer, "/attendance/pending?pageSize=1&page=2").await["data"], json!([]));
}
