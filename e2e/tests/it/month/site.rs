//! The site of 300 people, set up as an administrator would, and what its three cameras saw in the month.

use chrono::{DateTime, Utc};
use daybook::Site;
use e2e::{Client, Stage, cameras};
use entity::{department, detection, detection_provider_config::ProviderKind, face_profile, system_config};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseConnection, EntityTrait as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::truth::{GRACE, Shift, WorkDay, ZONE, days, people};

/// Rows of one statement, below the 65,535 values that it may hold.
const BATCH: usize = 2_000;

/// Departments, shifts and people; detections are kept for good.
pub async fn found(stage: &Stage, admin: &Client) {
    setting(&stage.db, "attendance.timezone", json!(ZONE.name())).await;
    setting(&stage.db, "retention.detections_days", json!(3_650)).await;
    for (shift, start, end, days) in [
        (Shift::Day, "06:00:00", "14:00:00", vec![1, 2, 3, 4, 5]),
        (Shift::Night, "22:00:00", "06:00:00", vec![1, 2, 3, 4, 5, 6, 7]),
    ] {
        let row = department::ActiveModel {
            name: Set(shift.department().to_owned()),
            status: Set(department::Status::Active),
            ..Default::default()
        };
        let department = row.insert(&stage.db).await.unwrap().id;
        let body = json!({
            "name": shift.department(), "startTime": start, "endTime": end, "days": days, "graceMinutes": GRACE,
            "departmentId": department,
        });
        admin.post("/shifts", &body).await;
    }
    hire(&stage.db).await;
    let first = days()[0].pred_opt().unwrap();
    detection::ensure_partitions(&stage.db, first, 33).await.unwrap();
}

async fn setting(db: &DatabaseConnection, key: &str, value: Value) {
    let row =
        system_config::ActiveModel { key: Set(key.to_owned()), value: Set(value), ..Default::default() };
    row.update(db).await.unwrap();
}

/// Nobody but these, and all of them before the first shift of the month.
async fn hire(db: &DatabaseConnection) {
    face_profile::Entity::delete_many().exec(db).await.unwrap();
    let since: DateTime<Utc> = "2025-09-30T22:00:00Z".parse().unwrap();
    let rows = people().into_iter().map(|person| face_profile::ActiveModel {
        id: Set(Uuid::now_v7()),
        employee_id: Set(person.id),
        name: Set(person.name),
        department: Set(Some(person.shift.department().to_owned())),
        status: Set(face_profile::Status::Active),
        created_at: Set(since),
        ..Default::default()
    });
    face_profile::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
}

/// Stores what the cameras saw: whoever came at the entry, in the middle of the shift inside, and whoever left by it at the exit.
pub async fn watch(stage: &Stage, admin: &Client, truth: &[WorkDay]) {
    let mut ids = Vec::new();
    for direction in ["entry", "both", "exit"] {
        let mut camera = cameras::picture();
        camera["direction"] = direction.into();
        ids.push(admin.camera(&camera).await);
    }
    let stays = truth.iter().filter_map(|day| Some((&day.employee_id, day.stay?)));
    let rows = stays.flat_map(|(who, stay)| {
        let seen = [(Some(stay.came), &ids[0]), (Some(stay.midway), &ids[1]), (stay.left, &ids[2])];
        seen.into_iter().filter_map(move |(at, camera)| Some(sighting(who, camera, at?))).collect::<Vec<_>>()
    });
    let rows: Vec<_> = rows.collect();
    for batch in rows.chunks(BATCH) {
        detection::Entity::insert_many(batch.to_vec()).exec_without_returning(&stage.db).await.unwrap();
    }
}

fn sighting(who: &str, camera: &str, at: DateTime<Utc>) -> detection::ActiveModel {
    detection::ActiveModel {
        id: Set(Uuid::now_v7()),
        timestamp: Set(at),
        person_id: Set(Some(who.to_owned())),
        camera_id: Set(camera.to_owned()),
        confidence: Set(91.5),
        status: Set(detection::Status::Authorized),
        provider_kind: Set(ProviderKind::Rollcall),
        automatic: Set(false),
        ..Default::default()
    }
}

/// Closes the month's days as the job that closes them would have, had it run then: it looks back two weeks.
pub async fn close(stage: &Stage) {
    let site = Site::load(&stage.db).await.unwrap();
    for then in ["2025-10-14T12:00:00Z", "2025-10-28T12:00:00Z", "2025-11-01T12:00:00Z"] {
        daybook::close_days(&stage.db, &site, then.parse().unwrap()).await.unwrap();
    }
}
