//! Attendance logs and present whereabouts.

use chrono::{NaiveTime, Utc};
use entity::{
    attendance_log::{self, OdooStatus, Status},
    attendance_record,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use crate::support::{Api, User, VIEWER, read, refused};

const LOGS: &str = "/api/v1/attendance/logs";
const RECORDS: &str = "/api/v1/attendance/records";

fn log(number: u32, day: &str, employee: &str, name: &str) -> attendance_log::ActiveModel {
    attendance_log::ActiveModel {
        id: Set(format!("ATT-{}-{number:03}", day.replace('-', ""))),
        employee_id: Set(employee.to_owned()),
        name: Set(name.to_owned()),
        date: Set(day.parse().unwrap()),
        status: Set(Status::Present),
        source: Set(attendance_log::Source::Camera),
        verification_status: Set(attendance_log::VerificationStatus::Auto),
        odoo_status: Set(OdooStatus::Pending),
        odoo_attempts: Set(0),
        ..Default::default()
    }
}

async fn with_logs() -> (Api, User) {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    let rows = [
        attendance_log::ActiveModel {
            department: Set(Some("R&D".to_owned())),
            camera_id: Set(Some("CAM-01".to_owned())),
            ..log(1, "2026-07-01", "EMP-001", "Ada Lovelace")
        },
        attendance_log::ActiveModel {
            status: Set(Status::Late),
            ..log(2, "2026-07-01", "EMP-002", "100% Jürgen")
        },
        attendance_log::ActiveModel {
            odoo_status: Set(OdooStatus::Synced),
            camera_id: Set(Some("CAM-02".to_owned())),
            ..log(1, "2026-07-02", "EMP-001", "Ada Lovelace")
        },
        attendance_log::ActiveModel {
            status: Set(Status::Missed),
            odoo_status: Set(OdooStatus::Skipped),
            ..log(1, "2026-07-03", "EMP-0_3", "Grace")
        },
    ];
    for row in rows {
        attendance_log::Entity::insert(row).exec_without_returning(&api.database.connection).await.unwrap();
    }
    (api, viewer)
}

async fn ids(api: &Api, user: &User, query: &str) -> (Vec<String>, u64) {
    let (status, body) = read(api.get(&format!("{LOGS}{query}")).bearer_auth(&user.token)).await;
    assert_eq!(status, StatusCode::OK, "{query}: {body}");
    let rows = body["data"].as_array().unwrap();
    let ids = rows.iter().map(|row| row["id"].as_str().unwrap()[4..].to_owned()).collect();
    (ids, body["meta"]["total"].as_u64().unwrap())
}

#[tokio::test]
async fn logs_are_filtered_by_everything_and_their_total_is_right() {
    let (api, viewer) = with_logs().await;
    const ALL: [&str; 4] = ["20260703-001", "20260702-001", "20260701-002", "20260701-001"];
    for (query, expected) in [
        ("", &ALL[..]),
        ("?search=LOVE", &[ALL[1], ALL[3]]),
        ("?search=J%C3%9CRGEN", &[ALL[2]]),
        ("?search=emp-002", &[ALL[2]]),
        ("?search=%25", &[ALL[2]]),
        ("?search=_", &[ALL[0]]),
        ("?search=%5C", &[]),
        ("?cameraId=CAM-02", &[ALL[1]]),
        ("?dateFrom=2026-07-02", &[ALL[0], ALL[1]]),
        ("?dateTo=2026-07-01", &[ALL[2], ALL[3]]),
        ("?dateFrom=2026-07-02&dateTo=2026-07-02", &[ALL[1]]),
        ("?odooStatus=synced", &[ALL[1]]),
        ("?odooStatus=skipped", &[ALL[0]]),
        ("?status=late", &[ALL[2]]),
        ("?status=missed&dateFrom=2026-07-01", &[ALL[0]]),
        ("?department=R%26D", &[ALL[3]]),
        ("?search=ada&status=late", &[]),
    ] {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        let total = expected.len() as u64;
        assert_eq!(ids(&api, &viewer, query).await, (expected, total), "{query}");
    }
    for (page, expected) in [(1, &ALL[..2]), (2, &ALL[2..]), (3, &[])] {
        let (found, total) = ids(&api, &viewer, &format!("?pageSize=2&page={page}")).await;
        assert_eq!((found, total), (expected.iter().map(ToString::to_string).collect(), 4));
    }
}

#[tokio::test]
async fn wrong_filters_are_named() {
    let (api, viewer) = with_logs().await;
    for (query, field) in [
        ("?dateFrom=01.07.2026", "dateFrom"),
        ("?dateTo=2026-02-30", "dateTo"),
        ("?dateFrom=2026-07-02&dateTo=2026-07-01", "dateFrom"),
        ("?dateFrom=-200000-01-01", "dateFrom"),
        ("?status=asleep", "status"),
        ("?odooStatus=lost", "odooStatus"),
        ("?search=a%00b", "search"),
        ("?pageSize=0", "pageSize"),
    ] {
        let body =
            refused(api.get(&format!("{LOGS}{query}")).bearer_auth(&viewer.token), 422, "VALIDATION_ERROR")
                .await;
        assert_eq!(body["error"]["details"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn a_log_has_every_field_of_the_contract() {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    let row = attendance_log::ActiveModel {
        time_in: Set(NaiveTime::from_hms_micro_opt(8, 5, 9, 123_456)),
        accuracy: Set(Some(91.5)),
        note: Set(Some("n".to_owned())),
        odoo_sync_time: Set(Some("2026-07-01T12:00:00Z".parse().unwrap())),
        ..log(7, "2026-07-01", "EMP-001", "Ada")
    };
    attendance_log::Entity::insert(row).exec_without_returning(&api.database.connection).await.unwrap();
    let (_, body) = read(api.get(LOGS).bearer_auth(&viewer.token)).await;
    let expected = json!({
        "id": "ATT-20260701-007", "employeeId": "EMP-001", "name": "Ada", "department": null, "date": "2026-07-01",
        "timeIn": "08:05:09", "timeOut": null, "cameraId": null, "cameraName": null, "accuracy": 91.5,
        "status": "present", "source": "camera", "note": "n", "odooStatus": "pending",
        "odooSyncTime": "2026-07-01T12:00:00.000Z", "odooErrorMessage": null,
    });
    assert_eq!(body["data"], json!([expected]));
}

#[tokio::test]
async fn records_tell_where_people_are_newest_first() {
    use attendance_record::Status::{OffSite, OnSite, Remote};
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    let now = Utc::now();
    for (n, (person, status, department)) in
        [("EMP-001", OnSite, Some("R&D")), ("EMP-002", OffSite, None), ("EMP-003", Remote, Some("R&D"))]
            .into_iter()
            .enumerate()
    {
        let row = attendance_record::ActiveModel {
            person_id: Set(person.to_owned()),
            name: Set("Name".to_owned()),
            department: Set(department.map(str::to_owned)),
            status: Set(status),
            timestamp: Set(now + chrono::TimeDelta::seconds(n as i64)),
            thumbnail_key: Set(Some("thumbnails/x.jpg".to_owned())),
            ..Default::default()
        };
        row.insert(&api.database.connection).await.unwrap();
    }
    let list = async |query: &str| {
        let (status, body) = read(api.get(&format!("{RECORDS}{query}")).bearer_auth(&viewer.token)).await;
        assert_eq!((status, body.get("meta")), (StatusCode::OK, None), "{body}");
        body["data"].as_array().unwrap().clone()
    };
    let people = |rows: Vec<Value>| {
        rows.iter().map(|row| row["personId"].as_str().unwrap()[6..].to_owned()).collect::<String>()
    };
    for (query, expected) in [
        ("", "321"),
        ("?limit=2", "32"),
        ("?status=on-site", "1"),
        ("?status=remote", "3"),
        ("?department=R%26D", "31"),
    ] {
        assert_eq!(people(list(query).await), expected, "{query}");
    }
    let first = list("?limit=1").await[0].clone();
    let mut fields: Vec<_> = first.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let wanted = [
        "accuracy",
        "cameraId",
        "cameraName",
        "department",
        "id",
        "name",
        "personId",
        "role",
        "status",
        "thumbnail",
        "timestamp",
    ];
    assert_eq!(fields, wanted);
    assert!(first["thumbnail"].as_str().unwrap().contains("thumbnails/x.jpg"));
    for query in ["?limit=0", "?limit=201", "?status=asleep"] {
        refused(api.get(&format!("{RECORDS}{query}")).bearer_auth(&viewer.token), 422, "VALIDATION_ERROR")
            .await;
    }
}
