//! Totals of attendance logs are remembered, and yet always those of the database: whoever writes, on every replica, and with
//! Redis away.

use std::net::SocketAddr;

use sea_orm::ConnectionTrait as _;
use serde_json::Value;

use crate::support::{Api, User, VIEWER, read};

/// What each page of a test looks at; the writes below change every one of them.
const QUERIES: [&str; 6] =
    ["", "?search=ada", "?department=R%26D", "?status=late", "?odooStatus=failed", "?cameraId=CAM-01"];

async fn write(api: &Api, statement: &str) {
    api.database.connection.execute_unprepared(statement).await.unwrap();
}

/// Logs numbered so, one each day of July.
async fn insert(api: &Api, numbers: std::ops::RangeInclusive<u32>) {
    let insert = format!(
        "INSERT INTO attendance_logs (id, employee_id, name, department, camera_id, date, status, source, odoo_status)
         SELECT 'ATT-' || n, 'EMP-' || n, 'Ada', 'R&D', 'CAM-01', date '2026-06-30' + n, 'late', 'camera', 'failed'
         FROM generate_series({}, {}) AS n",
        numbers.start(),
        numbers.end()
    );
    write(api, &insert).await;
}

async fn list(api: &Api, address: SocketAddr, user: &User, query: &str) -> Value {
    let request = api.client.get(format!("http://{address}/api/v1/attendance/logs{query}"));
    let (status, body) = read(request.bearer_auth(&user.token)).await;
    assert_eq!(status, 200, "{query}: {body}");
    body
}

async fn totals(api: &Api, address: SocketAddr, user: &User) -> Vec<u64> {
    let mut totals = Vec::new();
    for query in QUERIES {
        let body = list(api, address, user, query).await;
        let total = body["meta"]["total"].as_u64().unwrap();
        assert_eq!(body["data"].as_array().unwrap().len() as u64, total.min(20), "{query}");
        totals.push(total);
    }
    totals
}

/// Each step is a write of another process; before and after it the lists are read, so that they are remembered.
async fn totals_follow(api: &Api, addresses: &[SocketAddr]) {
    let user = api.user(VIEWER).await;
    insert(api, 1..=25).await;
    for (statement, expected) in [
        ("SELECT", [25, 25, 25, 25, 25, 25]),
        ("DELETE FROM attendance_logs WHERE id = 'ATT-25'", [24, 24, 24, 24, 24, 24]),
        ("UPDATE attendance_logs SET status = 'present' WHERE id = 'ATT-1'", [24, 24, 24, 23, 24, 24]),
        ("UPDATE attendance_logs SET name = 'Bob' WHERE id = 'ATT-2'", [24, 23, 24, 23, 24, 24]),
        ("UPDATE attendance_logs SET odoo_status = 'synced'", [24, 23, 24, 23, 0, 24]),
        (
            "UPDATE attendance_logs SET department = NULL, camera_id = 'CAM-02' WHERE id >= 'ATT-5'",
            [24, 23, 19, 23, 0, 19],
        ),
    ] {
        write(api, statement).await;
        for address in addresses {
            assert_eq!(totals(api, *address, &user).await, expected, "{statement}");
        }
    }
    insert(api, 26..=31).await;
    for address in addresses {
        assert_eq!(totals(api, *address, &user).await, [30, 29, 25, 29, 6, 25]);
    }
}

#[tokio::test]
async fn totals_are_right_at_once_on_two_replicas_whoever_writes() {
    let api = Api::start().await;
    let addresses = [api.address, api.replica().await];
    totals_follow(&api, &addresses).await;
}

#[tokio::test]
async fn totals_are_right_while_redis_is_away() {
    let api = Api::with(&[("REDIS_URL", "redis://127.0.0.1:1")]).await;
    totals_follow(&api, &[api.address]).await;
}

#[tokio::test]
async fn a_page_that_is_remembered_shows_its_logs_as_they_are_now() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    insert(&api, 1..=25).await;
    let first = async |query: &str| list(&api, api.address, &user, query).await["data"][0].clone();
    assert_eq!(first("?search=ada").await["timeOut"], Value::Null);
    write(&api, "UPDATE attendance_logs SET time_out = '17:00', note = 'early' WHERE id = 'ATT-25'").await;
    let log = first("?search=ada").await;
    assert_eq!((&log["timeOut"], &log["note"]), (&"17:00:00".into(), &"early".into()));
    write(&api, "UPDATE attendance_logs SET name = 'Bob' WHERE id = 'ATT-25'").await;
    assert_eq!(first("?search=ada").await["id"], "ATT-24");
    assert_eq!(first("?search=ada&pageSize=4&page=2").await["id"], "ATT-20");
    assert_eq!(first("?search=nobody").await, Value::Null);
    write(&api, "UPDATE attendance_logs SET name = 'Nobody' WHERE id = 'ATT-3'").await;
    assert_eq!(first("?search=nobody").await["id"], "ATT-3");
}
