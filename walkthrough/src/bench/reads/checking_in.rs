//! Reads while people check in: logs of today come and change all the time, so hardly an answer in numbers holds until the next
//! call.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

use crate::{
    bench::{
        figure, heading,
        load::{self, RATE},
        site::Site,
    },
    error::Error,
};

const SECONDS: u32 = 10;

const LISTS: [&str; 9] = [
    "/attendance/statistics",
    "/attendance/statistics?groupBy=hour",
    "/attendance/statistics?groupBy=camera",
    "/attendance/statistics?groupBy=department",
    "/attendance/statistics?groupBy=camera&department=Department%207",
    "/attendance/overview",
    "/attendance/today",
    "/attendance/logs",
    "/attendance/logs?department=Department%207",
];

/// Between two writes, which are a new log and a changed one by turns.
const PAUSE: Duration = Duration::from_millis(100);

/// `$1` is the number of a person who comes in.
const COME: &str = "
INSERT INTO attendance_logs (id, employee_id, name, department, date, time_in, check_in_at, camera_id, camera_name, accuracy, status,
                             source, odoo_status)
SELECT 'BENCH-IN-' || n, 'BENCH-' || lpad(n::text, 4, '0'), 'Bench Person ' || n, 'Department ' || n % 20, current_date,
       '08:55', current_date + time '08:55', 'BENCH-' || lpad((n % 50 + 1)::text, 4, '0'), 'Bench camera ' || n % 50 + 1, 97.5,
       'present', 'camera', 'skipped'
FROM (SELECT $1::integer % 1000 + 1 AS n) AS person
ON CONFLICT DO NOTHING";

/// `$1` is the number of one who came in, whose log is corrected.
const CORRECT: &str = "
UPDATE attendance_logs SET accuracy = 90 + $1::integer % 10, status = CASE status WHEN 'late' THEN 'present' ELSE 'late' END
WHERE id = 'BENCH-IN-' || ($1::integer % 1000 + 1)";

const REMOVE: &str = "DELETE FROM attendance_logs WHERE id LIKE 'BENCH-IN-%'";

/// Measures the lists that show logs of today.
pub async fn measure(site: &Site) -> Result<(), Error> {
    heading(&format!(
        "Reads at {RATE} requests a second while people check in: a log is new or changed every {PAUSE:?}"
    ));
    let people = check_in(site.db.clone());
    let end = read(site).await;
    people.abort();
    // The writer has ended, and with it its last statement, before the logs go.
    let written = people.await;
    site.db.execute_unprepared(REMOVE).await?;
    match written {
        Ok(failed) => Err(failed),
        Err(_aborted) => end,
    }
}

async fn read(site: &Site) -> Result<(), Error> {
    for path in LISTS {
        figure(&format!("GET {path}"), &load::open_loop(&site.target, path, SECONDS).await?);
    }
    Ok(())
}

/// Writes until it is stopped; answers only why it could not.
fn check_in(db: DatabaseConnection) -> JoinHandle<Error> {
    tokio::spawn(async move {
        let mut turn = tokio::time::interval(PAUSE);
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for number in 0.. {
            turn.tick().await;
            let sql = if number % 2 == 0 { COME } else { CORRECT };
            let statement =
                Statement::from_sql_and_values(db.get_database_backend(), sql, [(number / 2).into()]);
            if let Err(error) = db.execute_raw(statement).await {
                return error.into();
            }
        }
        Error::Unexpected("there are no more numbers")
    })
}
