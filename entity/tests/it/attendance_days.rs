//! Statistics of which only the days are counted again that have changed: they are what counting every row comes to, whatever
//! changes.

use std::collections::HashSet;

use chrono::Days as Later;
use entity::attendance_log::{self as log, Filter, Model};
use entity::attendance_log_change::{self as change, Seen};
use entity::attendance_statistics::{Days, Grouping};
use sea_orm::{
    AccessMode, ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, EntityTrait as _,
    IsolationLevel, TransactionTrait as _,
};

use crate::attendance_site::Site;
use crate::attendance_statistics::check;

const GROUPINGS: [Grouping; 4] = [Grouping::Hour, Grouping::Day, Grouping::Camera, Grouping::Department];

/// People come, logs are corrected, people go, logs move from day to day and to other people, and all of them vanish.
const CHANGES: [&str; 7] = [
    "SELECT",
    "INSERT INTO attendance_logs (id, employee_id, name, department, date, time_in, camera_id, accuracy, status, source)
     SELECT 'NEW-' || n, 'EMP-' || 500 + n, 'New', (ARRAY['Gate', 'Kitchen'])[n % 2 + 1], date '2026-03-25' + n % 3,
            time '07:00' + n * interval '40 minutes', 'CAM-0' || n % 5, 80 + n / 4.0, 'present', 'manual'
     FROM generate_series(1, 12) AS n",
    "UPDATE attendance_logs SET status = 'late', accuracy = 75.25, camera_id = 'CAM-03', department = 'Gate', time_in = '23:15'
     WHERE employee_id LIKE '%3' AND status <> 'missed'",
    "DELETE FROM attendance_logs WHERE department = 'Kitchen' OR employee_id = 'EMP-002'",
    "UPDATE attendance_logs SET date = date + 5 WHERE employee_id = 'EMP-004' AND date > '2026-04-03'",
    "UPDATE attendance_logs SET employee_id = 'EMP-900' WHERE employee_id IN ('EMP-005', 'EMP-501') AND date < '2026-03-29'",
    "TRUNCATE attendance_logs",
];

struct Kept {
    grouping: Grouping,
    filter: Filter,
    seen: Seen,
    days: Days,
}

impl Kept {
    async fn new(db: &DatabaseConnection, grouping: Grouping, filter: Filter) -> Self {
        let moment = moment(db).await;
        let seen = change::now(&moment).await.unwrap();
        let days = Days::count(&moment, grouping, &filter).await.unwrap();
        Self { grouping, filter, seen, days }
    }

    async fn follow(&mut self, db: &DatabaseConnection) {
        let moment = moment(db).await;
        let changes = change::since(&moment, &self.seen).await.unwrap();
        self.days.recount(&moment, &changes.days).await.unwrap();
        self.seen = changes.seen;
    }

    fn shows(&self, log: &Model) -> bool {
        self.filter.date_from.is_none_or(|first| log.date >= first)
            && self.filter.date_to.is_none_or(|last| log.date <= last)
            && (self.filter.department.is_none() || self.filter.department == log.department)
    }
}

async fn moment(db: &DatabaseConnection) -> DatabaseTransaction {
    db.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await.unwrap()
}

#[tokio::test]
async fn days_of_which_some_are_counted_again_come_to_what_counting_row_by_row_does() {
    let site = Site::alone().await;
    let (db, mut kept) = (site.db(), Vec::new());
    let some = Filter {
        date_from: Some(site.first + Later::new(3)),
        date_to: Some(site.last() - Later::new(2)),
        ..Filter::default()
    };
    let of_a_department = Filter { department: Some("Gate".to_owned()), ..some.clone() };
    for filter in [Filter::default(), some, of_a_department] {
        for grouping in GROUPINGS {
            kept.push(Kept::new(db, grouping, filter.clone()).await);
        }
    }
    let mut totals = HashSet::new();
    for change in CHANGES {
        db.execute_unprepared(change).await.unwrap();
        let logs = log::Entity::find().all(db).await.unwrap();
        for kept in &mut kept {
            kept.follow(db).await;
            let shown: Vec<_> = logs.iter().filter(|log| kept.shows(log)).collect();
            let found = kept.days.statistics(db).await.unwrap();
            check(&found, kept.grouping, &shown, &format!("{change} {:?}", kept.filter));
            assert_eq!(kept.days.logs(), shown.len());
            totals.insert((
                kept.filter.clone(),
                found.totals.total,
                found.totals.late,
                found.totals.unique_people,
            ));
        }
    }
    assert!(totals.len() > 2 * CHANGES.len(), "the changes change something: {totals:?}");
}
