//! Sites whose clocks change: what cameras saw becomes logs of the site's days, and these arrive in Odoo as naive UTC, to the second.

use std::time::Duration;

use chrono::{DateTime, NaiveDate};
use e2e::{Client, Stage, cameras};
use entity::{department, detection, detection_provider_config::ProviderKind, face_profile, system_config};
use odoo::stand_in::{Employee, Setup, StandIn};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};
use testkit::provider::Answer;
use uuid::Uuid;

use crate::odoo::enter;

const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody's day: who, of which shift, on which day of the site, from when to when by its clocks, and the same as Odoo is to have it.
struct Stay {
    who: &'static str,
    shift: &'static str,
    day: &'static str,
    seen: [&'static str; 2],
    in_odoo: [&'static str; 2],
}

const fn stay(
    who: &'static str,
    shift: &'static str,
    day: &'static str,
    seen: [&'static str; 2],
    in_odoo: [&'static str; 2],
) -> Stay {
    Stay { who, shift, day, seen, in_odoo }
}

/// The clocks go back by an hour at 02:00 on 2 November.
const NEW_YORK: [Stay; 4] = [
    stay(
        "D1",
        "Day",
        "2025-11-01",
        ["2025-11-01T09:00:05-04:00", "2025-11-01T17:00:10-04:00"],
        ["2025-11-01 13:00:05", "2025-11-01 21:00:10"],
    ),
    stay(
        "D1",
        "Day",
        "2025-11-02",
        ["2025-11-02T09:00:05-05:00", "2025-11-02T17:00:10-05:00"],
        ["2025-11-02 14:00:05", "2025-11-02 22:00:10"],
    ),
    stay(
        "N1",
        "Night",
        "2025-11-01",
        ["2025-11-01T21:58:00-04:00", "2025-11-02T06:01:00-05:00"],
        ["2025-11-02 01:58:00", "2025-11-02 11:01:00"],
    ),
    // Leaves in the hour that comes twice, at its second time.
    stay(
        "N2",
        "Night",
        "2025-11-01",
        ["2025-11-01T21:57:00-04:00", "2025-11-02T01:30:00-05:00"],
        ["2025-11-02 01:57:00", "2025-11-02 06:30:00"],
    ),
];

/// The clocks go forward by half an hour at 02:00 on 5 October.
const LORD_HOWE: [Stay; 4] = [
    stay(
        "D1",
        "Day",
        "2025-10-04",
        ["2025-10-04T09:00:05+10:30", "2025-10-04T17:00:10+10:30"],
        ["2025-10-03 22:30:05", "2025-10-04 06:30:10"],
    ),
    stay(
        "D1",
        "Day",
        "2025-10-05",
        ["2025-10-05T09:00:05+11:00", "2025-10-05T17:00:10+11:00"],
        ["2025-10-04 22:00:05", "2025-10-05 06:00:10"],
    ),
    stay(
        "N1",
        "Night",
        "2025-10-04",
        ["2025-10-04T21:58:00+10:30", "2025-10-05T06:01:00+11:00"],
        ["2025-10-04 11:28:00", "2025-10-04 19:01:00"],
    ),
    // Leaves right after the half-hour that there is not.
    stay(
        "N2",
        "Night",
        "2025-10-04",
        ["2025-10-04T21:57:00+10:30", "2025-10-05T02:30:00+11:00"],
        ["2025-10-04 11:27:00", "2025-10-04 15:30:00"],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_night_in_which_new_yorks_clocks_go_back_arrives_in_odoo_in_utc() {
    arrives(16, "America/New_York", &NEW_YORK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_in_which_lord_howes_clocks_go_half_an_hour_forward_arrives_in_odoo_in_utc() {
    arrives(19, "Australia/Lord_Howe", &LORD_HOWE).await;
}

async fn arrives(version: u32, zone: &str, stays: &[Stay]) {
    let stage = Stage::set(Answer::nobody()).await;
    let (admin, setup) = (stage.sign_in().await, Setup::of(version));
    let server = StandIn::start("127.0.0.1:0".parse().unwrap(), setup.clone()).await.unwrap();
    enter(&admin, &server, &setup).await;
    found(&stage, &admin, zone).await;
    hire(&stage, &server, stays).await;
    watch(&stage, &admin, stays).await;
    let _worker = stage.worker().await;

    let mut days: Vec<_> = stays.iter().map(|stay| stay.day).collect();
    days.dedup();
    days.sort_unstable();
    days.dedup();
    for day in days {
        let job = admin.post("/attendance/recompute", &json!({ "date": day })).await;
        admin.done(job["jobId"].as_str().unwrap(), PATIENCE).await;
    }
    let sync = admin.post("/odoo/sync", &json!({})).await;
    let ended = admin.done(sync["jobId"].as_str().unwrap(), PATIENCE).await;
    assert_eq!(ended["result"], json!({ "synced": stays.len(), "failed": 0 }), "{ended}");

    let logs = admin.list("/attendance/logs?pageSize=50").await;
    let mut days: Vec<_> = logs.iter().map(|log| (text(&log["employeeId"]), text(&log["date"]))).collect();
    days.sort();
    let wanted = stays.iter().map(|stay| (stay.who.to_owned(), stay.day.to_owned())).collect::<Vec<_>>();
    assert_eq!(days, wanted, "each counts for the day on which the shift began");
    assert_eq!(
        records(&server),
        stays.iter().map(|stay| (stay.who.to_owned(), stay.in_odoo.map(str::to_owned))).collect::<Vec<_>>()
    );
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What Odoo has: who, and from when to when in its own form.
fn records(server: &StandIn) -> Vec<(String, [String; 2])> {
    let world = server.world();
    let written = |at: DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%S%.f").to_string();
    let badge = |id| world.employees().find(|employee| employee.id == id).unwrap().barcode.clone().unwrap();
    let found = world.attendances();
    let found =
        found.map(|one| (badge(one.employee), [written(one.check_in), written(one.check_out.unwrap())]));
    let mut found: Vec<_> = found.collect();
    found.sort();
    found
}

/// A site of the zone with a day and a night shift, and an entry and an exit.
async fn found(stage: &Stage, admin: &Client, zone: &str) {
    for (key, value) in [("attendance.timezone", json!(zone)), ("retention.detections_days", json!(3_650))] {
        let row =
            system_config::ActiveModel { key: Set(key.to_owned()), value: Set(value), ..Default::default() };
        row.update(&stage.db).await.unwrap();
    }
    for (name, start, end) in [("Day", "09:00:00", "17:00:00"), ("Night", "22:00:00", "06:00:00")] {
        let row = department::ActiveModel {
            name: Set(name.to_owned()),
            status: Set(department::Status::Active),
            ..Default::default()
        };
        let department = row.insert(&stage.db).await.unwrap().id;
        let shift = json!({
            "name": name, "startTime": start, "endTime": end, "days": [1, 2, 3, 4, 5, 6, 7], "graceMinutes": 5,
            "departmentId": department,
        });
        admin.post("/shifts", &shift).await;
    }
}

async fn hire(stage: &Stage, server: &StandIn, stays: &[Stay]) {
    let mut known = Vec::new();
    for stay in stays {
        if known.contains(&stay.who) {
            continue;
        }
        known.push(stay.who);
        let profile = face_profile::ActiveModel {
            employee_id: Set(stay.who.to_owned()),
            name: Set(stay.who.to_owned()),
            department: Set(Some(stay.shift.to_owned())),
            status: Set(face_profile::Status::Active),
            created_at: Set("2025-09-01T00:00:00Z".parse().unwrap()),
            ..Default::default()
        };
        profile.insert(&stage.db).await.unwrap();
        let badge = Some(stay.who.to_owned());
        server.world().hire(Employee { barcode: badge, ..Employee::default() }).unwrap();
    }
}

/// Stores what the cameras saw.
async fn watch(stage: &Stage, admin: &Client, stays: &[Stay]) {
    let first: NaiveDate = stays[0].day.parse().unwrap();
    detection::ensure_partitions(&stage.db, first.pred_opt().unwrap(), 5).await.unwrap();
    for (place, direction) in ["entry", "exit"].into_iter().enumerate() {
        let mut camera = cameras::picture();
        camera["direction"] = direction.into();
        let camera = admin.camera(&camera).await;
        let rows = stays.iter().map(|stay| detection::ActiveModel {
            id: Set(Uuid::now_v7()),
            timestamp: Set(DateTime::parse_from_rfc3339(stay.seen[place]).unwrap().to_utc()),
            person_id: Set(Some(stay.who.to_owned())),
            camera_id: Set(camera.clone()),
            confidence: Set(91.5),
            status: Set(detection::Status::Authorized),
            provider_kind: Set(ProviderKind::Rollcall),
            automatic: Set(false),
            ..Default::default()
        });
        detection::Entity::insert_many(rows).exec_without_returning(&stage.db).await.unwrap();
    }
}
