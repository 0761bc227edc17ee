//! Scheduled reports: each tick once, of whichever scheduler; and the ends of files whose jobs ended without saying so.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use entity::{
    Secret, TextList,
    export_job::{self, ExportFormat, ExportKind, Status},
    job_outbox::{self, Outcome},
    report_schedule, user,
};
use scheduler::reports::Reports;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, EntityTrait as _};
use serde_json::json;
use testkit::eventually;
use uuid::Uuid;

use crate::setting::Setting;

async fn owner(setting: &Setting, status: user::Status) -> Uuid {
    let roles =
        "INSERT INTO roles (id, name, permissions, description) VALUES ('ROLE-ADMIN', 'Admin', '[\"*\"]', '')
                 ON CONFLICT DO NOTHING";
    setting.db().execute_unprepared(roles).await.unwrap();
    let row = user::ActiveModel {
        email: Set(format!("{}@example.org", Uuid::new_v4().simple())),
        name: Set("Owner".to_owned()),
        hashed_password: Set(Secret::new("none")),
        role_id: Set("ROLE-ADMIN".to_owned()),
        status: Set(status),
        version: Set(1),
        ..Default::default()
    };
    row.insert(setting.db()).await.unwrap().id
}

/// A daily report of a schedule that is an hour late.
async fn schedule(setting: &Setting, user_id: Uuid, cron: &str) -> report_schedule::Model {
    let row = report_schedule::ActiveModel {
        user_id: Set(user_id),
        cron: Set(cron.to_owned()),
        timezone: Set("Europe/Berlin".to_owned()),
        kind: Set(ExportKind::Daily),
        format: Set(ExportFormat::Pdf),
        filters: Set(json!({ "department": "Operations" })),
        recipients: Set(TextList(vec!["boss@example.org".to_owned()])),
        enabled: Set(true),
        last_tick: Set(Utc::now() - TimeDelta::hours(1)),
        ..Default::default()
    };
    row.insert(setting.db()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_report_is_made_once_by_ten_schedulers_and_tells_of_the_day_before() {
    let setting = Setting::new().await;
    // The cron's zone says when, the site's says what day it is: half a day apart from each other here.
    let zone = "INSERT INTO system_config (key, value, data_type, description, category, is_editable)
                VALUES ('attendance.timezone', '\"Pacific/Kiritimati\"', 'timezone', '', 'attendance', true)
                ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value";
    setting.db().execute_unprepared(zone).await.unwrap();
    let schedule = schedule(&setting, owner(&setting, user::Status::Active).await, "*/10 * * * *").await;
    for _ in 0..10 {
        setting.start_reports(Reports::new(setting.db().clone(), setting.queues()));
    }
    eventually(Duration::from_secs(10), "the report is asked for", async || {
        (!setting.accepted("generate_report").await.is_empty()).then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let [job] = setting.accepted("generate_report").await.try_into().unwrap();
    let [export] = export_job::Entity::find().all(setting.db()).await.unwrap().try_into().unwrap();
    assert_eq!(
        (export.id, export.schedule_id, export.user_id),
        (job.id, Some(schedule.id), schedule.user_id)
    );
    assert_eq!(job.actor, Some(schedule.user_id.to_string()));
    let row = report_schedule::Entity::find_by_id(schedule.id).one(setting.db()).await.unwrap().unwrap();
    let day = row.last_tick.with_timezone(&chrono_tz::Pacific::Kiritimati).date_naive().pred_opt().unwrap();
    assert_eq!(job.payload["content"], json!({ "type": "daily", "date": day, "department": "Operations" }));
    assert_eq!(job.payload["recipients"], json!(["boss@example.org"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_before_its_time_nor_for_users_who_are_suspended_or_may_not_make_it_any_more() {
    let setting = Setting::new().await;
    let (active, suspended) =
        (owner(&setting, user::Status::Active).await, owner(&setting, user::Status::Suspended).await);
    schedule(&setting, active, "0 0 1 1 *").await;
    schedule(&setting, suspended, "*/10 * * * *").await;
    let demoted = owner(&setting, user::Status::Active).await;
    let role = format!(
        "INSERT INTO roles (id, name, permissions, description)
         VALUES ('ROLE-VIEWER', 'Viewer', '[\"attendance:read\", \"reports:read\"]', '') ON CONFLICT DO NOTHING;
         UPDATE users SET role_id = 'ROLE-VIEWER' WHERE id = '{demoted}'"
    );
    setting.db().execute_unprepared(&role).await.unwrap();
    schedule(&setting, demoted, "*/10 * * * *").await;
    setting.start_reports(Reports::new(setting.db().clone(), setting.queues()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(setting.accepted("generate_report").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_whose_job_died_or_was_cancelled_unseen_is_ended_by_the_sweep() {
    let setting = Setting::new().await;
    let user_id = owner(&setting, user::Status::Active).await;
    for (id, outcome) in [(Uuid::now_v7(), Outcome::Dead), (Uuid::now_v7(), Outcome::Cancelled)] {
        let export = export_job::ActiveModel {
            id: Set(id),
            user_id: Set(user_id),
            kind: Set(ExportKind::Attendance),
            format: Set(ExportFormat::Csv),
            filters: Set(json!({})),
            status: Set(Status::Processing),
            progress: Set(40),
            ..Default::default()
        };
        export.insert(setting.db()).await.unwrap();
        let job = job_outbox::ActiveModel {
            id: Set(id),
            queue: Set("exports".to_owned()),
            kind: Set("generate_export".to_owned()),
            payload: Set(json!({})),
            options: Set(json!({})),
            request_id: Set(Uuid::now_v7()),
            finished_at: Set(Some(Utc::now())),
            outcome: Set(Some(outcome)),
            ..Default::default()
        };
        job.insert(setting.db()).await.unwrap();
    }
    let _sweeping = setting.start_sweeper();
    let ended = eventually(Duration::from_secs(10), "the exports end", async || {
        let rows = export_job::Entity::find().all(setting.db()).await.unwrap();
        rows.iter().all(|row| row.status == Status::Failed).then_some(rows)
    })
    .await;
    let messages: Vec<_> = ended.into_iter().filter_map(|row| row.error_message).collect();
    assert!(messages.contains(&"cancelled".to_owned()), "{messages:?}");
    assert!(messages.iter().any(|message| message.contains("try again")), "{messages:?}");
}
