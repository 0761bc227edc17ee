//! The sync that nobody asks for: as often as the schedule says, and only with `autoSync`.

use std::time::Duration;

use chrono::{DateTime, Timelike as _, Utc};
use e2e::{Client, Stage, effects};
use entity::attendance_log;
use odoo::stand_in::{Employee, Setup, StandIn};
use reqwest::Method;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use testkit::{eventually, provider::Answer};
use tokio::time::sleep;

use crate::odoo::{day_of, enter};

const SCHEDULE: &str = "scheduled_odoo_sync";

async fn change(admin: &Client, changes: &Value) -> Value {
    admin.call(Method::PATCH, &format!("/schedules/{SCHEDULE}"), Some(changes)).await.data()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_of_syncs_is_changed_over_the_api_and_counts_only_while_auto_sync_is_on() {
    let stage = Stage::set(Answer::nobody()).await;
    let (admin, setup) = (stage.sign_in().await, Setup::of(19));
    let server = StandIn::start("127.0.0.1:0".parse().unwrap(), setup.clone()).await.unwrap();
    server.world().hire(Employee { barcode: Some("E0".to_owned()), ..Employee::default() }).unwrap();
    enter(&admin, &server, &setup).await;
    attendance_log::Entity::insert(day_of(0)).exec(&stage.db).await.unwrap();
    let (_scheduler, _worker) = (stage.scheduler().await, stage.worker().await);

    let all = admin.list("/schedules").await;
    let usual = all.iter().find(|schedule| schedule["name"] == SCHEDULE).unwrap();
    let next: DateTime<Utc> = usual["nextRun"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        (&usual["cron"], next.minute() % 30, next.second()),
        (&json!("*/30 * * * *"), 0, 0),
        "{usual}"
    );

    change(&admin, &json!({ "cron": "* * * * * *" })).await;
    let ticks = async || effects::ticks(&stage, SCHEDULE).await.len();
    let more_than = async |count: usize| {
        let more = async || Some(ticks().await).filter(|now| *now > count);
        eventually(Duration::from_secs(8), "it ticks by the new times", more).await
    };
    more_than(2).await;
    assert!(effects::ticks(&stage, "odoo_sync").await.is_empty(), "autoSync is off: nothing is asked for");

    admin.put("/odoo/config", &json!({ "autoSync": true })).await;
    let arrived = async || (server.world().attendances().count() == 1).then_some(());
    eventually(Duration::from_secs(20), "the log arrives by itself", arrived).await;
    let settled = async || (admin.get("/odoo/status").await["pendingCount"] == 0).then_some(());
    eventually(Duration::from_secs(10), "it counts as sent", settled).await;

    change(&admin, &json!({ "enabled": false })).await;
    sleep(Duration::from_secs(5)).await;
    let before = ticks().await;
    sleep(Duration::from_secs(3)).await;
    assert_eq!(ticks().await, before, "a schedule that is off makes nothing");
}
