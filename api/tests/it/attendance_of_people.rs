//! A person's own attendance is open to them, others' to who may see attendance; and reports on everybody.

use reqwest::{RequestBuilder, StatusCode};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::support::{Api, User, VIEWER, read, refused};

const LOGS: &str = "
INSERT INTO attendance_logs (id, employee_id, name, department, date, time_in, time_out, check_in_at, check_out_at, status, source)
VALUES ('ATT-20260701-001', 'EMP-001', 'Ada', 'R&D', '2026-07-01', '22:00', '06:00:59', '2026-07-01 22:00Z', '2026-07-02 06:00:59Z',
        'present', 'camera'),
       ('ATT-20260702-001', 'EMP-001', 'Ada', 'R&D', '2026-07-02', '00:30', NULL, '2026-07-03 00:30Z', NULL, 'late', 'camera'),
       ('ATT-20260703-001', 'EMP-001', 'Ada', 'R&D', '2026-07-03', NULL, NULL, NULL, NULL, 'missed', 'camera'),
       ('ATT-20260702-002', 'EMP-002', 'Bob', NULL, '2026-07-02', '09:00', '10:00', '2026-07-02 09:00Z', '2026-07-02 10:00Z',
        'present', 'camera')";

async fn write(api: &Api, statement: &str) {
    api.database.connection.execute_unprepared(statement).await.unwrap();
}

/// An API with logs, somebody who sees all of them, and Ada, whose role grants nothing at all.
async fn with_logs() -> (Api, User, User) {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    write(&api, LOGS).await;
    write(&api, "INSERT INTO roles (id, name) VALUES ('ROLE-NOTHING', 'Nothing')").await;
    let ada = api.user("ROLE-NOTHING").await;
    write(&api, &format!("UPDATE users SET employee_id = 'EMP-001' WHERE id = '{}'", ada.id)).await;
    write(
        &api,
        "INSERT INTO face_profiles (id, employee_id, name, status) VALUES (gen_random_uuid(), 'EMP-003', 'Cem', 'active')",
    )
    .await;
    (api, viewer, ada)
}

fn get(api: &Api, user: &User, path: &str) -> RequestBuilder {
    api.get(&format!("/api/v1{path}")).bearer_auth(&user.token)
}

async fn data(request: RequestBuilder) -> Value {
    let (status, body) = read(request).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["data"].clone()
}

async fn days(request: RequestBuilder) -> Vec<String> {
    let rows = data(request).await;
    rows.as_array().unwrap().iter().map(|row| row["date"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn ones_own_history_is_open_and_that_of_others_needs_a_permission() {
    let (api, viewer, ada) = with_logs().await;
    let all = ["2026-07-03", "2026-07-02", "2026-07-01"];
    let history = "/attendance/user-history";
    assert_eq!(days(get(&api, &ada, history)).await, all);
    assert_eq!(days(get(&api, &ada, &format!("{history}?employeeId=EMP-001"))).await, all);
    assert_eq!(days(get(&api, &viewer, &format!("{history}?employeeId=EMP-001"))).await, all);
    let some = format!("{history}?startDate=2026-07-02&endDate=2026-07-02");
    assert_eq!(days(get(&api, &ada, &some)).await, ["2026-07-02"]);
    assert_eq!(days(get(&api, &ada, &format!("{history}?pageSize=2&page=2"))).await, ["2026-07-01"]);
    let body = refused(get(&api, &ada, &format!("{history}?employeeId=EMP-002")), 403, "FORBIDDEN").await;
    assert_eq!(body["error"]["details"]["permission"], "attendance:read");
    refused(get(&api, &viewer, history), 409, "INVALID_STATE").await;
}

#[tokio::test]
async fn the_latest_mark_is_the_last_arrival() {
    let (api, viewer, ada) = with_logs().await;
    let last = json!({ "status": "late", "timestamp": "2026-07-03T00:30:00.000Z", "date": "2026-07-02" });
    assert_eq!(data(get(&api, &ada, "/attendance/status/EMP-001")).await, last);
    assert_eq!(data(get(&api, &viewer, "/attendance/status/EMP-001")).await, last);
    let never = json!({ "status": null, "timestamp": null, "date": null });
    assert_eq!(data(get(&api, &viewer, "/attendance/status/EMP-003")).await, never);
    refused(get(&api, &viewer, "/attendance/status/EMP-999"), 404, "NOT_FOUND").await;
    for other in ["EMP-002", "EMP-999"] {
        refused(get(&api, &ada, &format!("/attendance/status/{other}")), 403, "FORBIDDEN").await;
    }
}

#[tokio::test]
async fn a_daily_report_counts_a_night_for_the_day_on_which_it_began() {
    let (api, viewer, _) = with_logs().await;
    let report = data(get(&api, &viewer, "/reports/daily?date=2026-07-01")).await;
    let record = json!({
        "id": "ATT-20260701-001", "employeeId": "EMP-001", "name": "Ada", "department": "R&D", "status": "present",
        "timeIn": "22:00:00", "timeOut": "06:00:59", "workedMinutes": 480, "cameraName": null, "shift": null, "note": null,
    });
    let summary = json!({
        "people": 1, "present": 1, "late": 0, "missed": 0, "total": 1, "attendanceRate": 100.0, "workedMinutes": 480,
        "averageTimeIn": "22:00:00", "averageTimeOut": "06:00:59",
    });
    assert_eq!(report, json!({ "date": "2026-07-01", "records": [record], "summary": summary }));
    let nobody = data(get(&api, &viewer, "/reports/daily?date=2026-07-01&department=Gate")).await;
    assert_eq!((&nobody["records"], &nobody["summary"]["attendanceRate"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn a_monthly_report_has_everybody_and_the_mean_of_times_across_midnight() {
    let (api, viewer, _) = with_logs().await;
    let report = data(get(&api, &viewer, "/reports/monthly?year=2026&month=7")).await;
    let of = |id: &str| {
        report["records"].as_array().unwrap().iter().find(|r| r["employeeId"] == id).cloned().unwrap()
    };
    let ada = json!({
        "employeeId": "EMP-001", "name": "Ada", "department": "R&D", "present": 1, "late": 1, "missed": 1, "total": 3,
        "attendanceRate": 200.0 / 3.0, "workedMinutes": 480, "averageTimeIn": "23:15:00", "averageTimeOut": "06:00:59",
    });
    assert_eq!(of("EMP-001"), ada);
    assert_eq!((&of("EMP-003")["total"], &of("EMP-003")["attendanceRate"]), (&json!(0), &Value::Null));
    assert_eq!((&report["summary"]["people"], &report["summary"]["workedMinutes"]), (&json!(3), &json!(540)));
    let one = data(get(&api, &viewer, "/reports/monthly?year=2026&month=7&department=R%26D")).await;
    assert_eq!(one["records"], json!([ada]));
}

#[tokio::test]
async fn a_report_by_department_sums_its_people_up() {
    let (api, viewer, _) = with_logs().await;
    let path = "/reports/department?dateFrom=2026-07-01&dateTo=2026-07-31";
    let report = data(get(&api, &viewer, path)).await;
    let found: Vec<_> = report["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            (record["department"].clone(), record["people"].clone(), record["workedMinutes"].clone())
        })
        .collect();
    assert_eq!(found, [(json!("R&D"), json!(1), json!(480)), (Value::Null, json!(1), json!(60))]);
    assert_eq!((&report["summary"]["total"], &report["dateTo"]), (&json!(4), &json!("2026-07-31")));
}

#[tokio::test]
async fn a_department_is_found_whatever_the_case_of_its_name() {
    let (api, viewer, _) = with_logs().await;
    for statement in [
        "UPDATE attendance_logs SET department = 'Büro' WHERE id IN ('ATT-20260701-001', 'ATT-20260702-001')",
        "UPDATE attendance_logs SET department = 'BÜRO' WHERE id = 'ATT-20260702-002'",
        "UPDATE face_profiles SET department = 'Büro'",
        "INSERT INTO attendance_records (id, person_id, name, department, status, timestamp)
         VALUES (gen_random_uuid(), 'EMP-003', 'Cem', 'Büro', 'on-site', now())",
    ] {
        write(&api, statement).await;
    }
    for (path, count) in [
        ("/attendance/records?", 1),
        ("/attendance/logs?", 3),
        ("/attendance/statistics?groupBy=department&dateFrom=2026-07-01&dateTo=2026-07-31&", 2),
        ("/attendance/today?", 1),
        ("/reports/daily?date=2026-07-02&", 2),
        ("/reports/monthly?year=2026&month=7&", 3),
        ("/reports/department?dateFrom=2026-07-01&dateTo=2026-07-31&", 2),
    ] {
        for name in ["Büro", "büro", "BÜRO"] {
            let found = data(get(&api, &viewer, &format!("{path}department={name}"))).await;
            let rows = ["records", "buckets"].iter().find_map(|rows| found.get(rows)).unwrap_or(&found);
            assert_eq!(rows.as_array().unwrap().len(), count, "{path} {name}: {found}");
        }
    }
}
