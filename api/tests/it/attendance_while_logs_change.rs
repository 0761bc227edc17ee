//! Statistics that are asked for again and again while logs change: right to the row, whoever writes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::ConnectionTrait as _;
use serde_json::Value;

use crate::support::{Api, User, VIEWER, read};

const GROUPINGS: [&str; 4] = ["hour", "day", "camera", "department"];

/// Logs come, are corrected, go, and move from day to day, out of what is asked for too.
const CHANGES: [&str; 6] = [
    "INSERT INTO attendance_logs (id, employee_id, name, department, camera_id, date, time_in, accuracy, status, source)
     SELECT 'ATT-' || n, 'EMP-' || n % 20, 'Ada', (ARRAY['Gate', 'R&D'])[n % 2 + 1], 'CAM-0' || n % 3, date '2026-07-01' + n / 20,
            time '07:00' + n % 5 * interval '50 minutes', 80 + n % 7, 'present', 'camera'
     FROM generate_series(0, 99) AS n",
    "INSERT INTO attendance_logs (id, employee_id, name, date, status, source)
     VALUES ('ATT-100', 'EMP-100', 'Bob', '2026-07-31', 'missed', 'camera')",
    "UPDATE attendance_logs SET status = 'late', accuracy = 99, camera_id = 'CAM-07', department = 'Kitchen', time_in = '23:10'
     WHERE id IN ('ATT-3', 'ATT-44', 'ATT-100')",
    "DELETE FROM attendance_logs WHERE employee_id IN ('EMP-5', 'EMP-100')",
    "UPDATE attendance_logs SET date = date + 9 WHERE id IN ('ATT-1', 'ATT-22')",
    "UPDATE attendance_logs SET date = date + 31 WHERE employee_id = 'EMP-7'",
];

async fn all(api: &Api, address: SocketAddr, user: &User) -> Vec<Value> {
    let mut answers = Vec::new();
    for group in GROUPINGS {
        answers.push(statistics(api, address, user, group).await);
    }
    answers
}

async fn statistics(api: &Api, address: SocketAddr, user: &User, group: &str) -> Value {
    let path = format!("attendance/statistics?dateFrom=2026-07-01&dateTo=2026-07-31&groupBy={group}");
    let request = api.client.get(format!("http://{address}/api/v1/{path}"));
    let (status, body) = read(request.bearer_auth(&user.token)).await;
    assert_eq!(status, 200, "{body}");
    body["data"].clone()
}

#[tokio::test]
async fn statistics_of_every_grouping_are_those_of_an_api_that_counts_all_of_it_afresh() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let mut before = all(&api, api.address, &user).await;
    for change in CHANGES {
        api.database.connection.execute_unprepared(change).await.unwrap();
        let found = all(&api, api.address, &user).await;
        assert_ne!(found, before, "{change}");
        assert_eq!(found, all(&api, api.replica().await, &user).await, "{change}");
        before = found;
    }
    for answer in before {
        let totals = &answer["totals"];
        assert_eq!((&totals["total"], &totals["uniquePeople"]), (&90.into(), &18.into()), "{answer}");
    }
}

async fn overview(api: &Api, address: SocketAddr, user: &User) -> Value {
    let request = api.client.get(format!("http://{address}/api/v1/attendance/overview?date=2026-07-01"));
    let (status, body) = read(request.bearer_auth(&user.token)).await;
    assert_eq!(status, 200, "{body}");
    body["data"].clone()
}

#[tokio::test]
async fn a_day_at_a_glance_shows_each_change_of_its_logs_at_once_though_it_is_kept() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let mut before = overview(&api, api.address, &user).await;
    // All but the log of another day change it.
    for (change, shows) in CHANGES.into_iter().zip([true, false, true, true, true, true]) {
        api.database.connection.execute_unprepared(change).await.unwrap();
        let found = overview(&api, api.address, &user).await;
        assert_eq!(found != before, shows, "{change}");
        assert_eq!(found, overview(&api, api.replica().await, &user).await, "{change}");
        before = found;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_moves_from_day_to_day_is_counted_on_one_of_them_at_every_moment() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    api.database.connection.execute_unprepared(CHANGES[0]).await.unwrap();
    let (db, over) = (api.database.connection.clone(), Arc::new(AtomicBool::new(false)));
    let moves = tokio::spawn({
        let over = Arc::clone(&over);
        async move {
            while !over.load(Ordering::Relaxed) {
                for day in ["2026-07-20", "2026-07-10"] {
                    let statement = format!("UPDATE attendance_logs SET date = '{day}' WHERE id = 'ATT-1'");
                    db.execute_unprepared(&statement).await.unwrap();
                }
            }
        }
    });
    for _ in 0..100 {
        for group in GROUPINGS {
            let totals = &statistics(&api, api.address, &user, group).await["totals"];
            assert_eq!((&totals["total"], &totals["uniquePeople"]), (&100.into(), &20.into()), "{group}");
        }
    }
    over.store(true, Ordering::Relaxed);
    moves.await.unwrap();
}
