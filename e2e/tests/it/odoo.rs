//! Attendance on its way to Odoo while workers, the queue and the database fail in the middle of a sync: each log is one record
//! there, the job says so once for each, and another sync finds nothing left to do.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use e2e::{Client, Stage};
use entity::{
    attendance_log::{self, OdooStatus, Source, Status, VerificationStatus},
    odoo_sync_log,
};
use odoo::stand_in::{Employee, Setup, StandIn};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};
use testkit::{eventually, instance::Server, provider::Answer};
use tokio::time::sleep;

const LOGS: usize = 300;

/// What making the 100 records of one batch takes: long enough that everything strikes in the middle of it.
const BATCH: Duration = Duration::from_secs(4);

/// From a worker's loss to the end of the sync on another one.
const PATIENCE: Duration = Duration::from_secs(90);

struct Office {
    stage: Stage,
    admin: Client,
    server: StandIn,
}

impl Office {
    /// An Odoo with everybody in it, and a day of each that waits.
    async fn open(stage: Stage) -> Self {
        let setup = Setup { create_hundred: BATCH, ..Setup::of(19) };
        let server = StandIn::start("127.0.0.1:0".parse().unwrap(), setup.clone()).await.unwrap();
        for number in 0..LOGS {
            let badge = Some(format!("E{number}"));
            server.world().hire(Employee { barcode: badge, ..Employee::default() }).unwrap();
        }
        attendance_log::Entity::insert_many((0..LOGS).map(day_of)).exec(&stage.db).await.unwrap();
        let admin = stage.sign_in().await;
        enter(&admin, &server, &setup).await;
        Self { stage, admin, server }
    }

    async fn ask(&self) -> String {
        let queued = self.admin.post("/odoo/sync", &json!({})).await;
        queued["jobId"].as_str().unwrap().to_owned()
    }

    /// Waits until the first batch has arrived, and Odoo works on the second.
    async fn in_the_middle(&self) {
        eventually(Duration::from_secs(40), "the second batch is under way", async || {
            let logs = self.logs().await;
            let noted = logs.iter().filter(|log| log.odoo_sent.is_some()).count();
            (self.records() == 100 && noted > 100).then_some(())
        })
        .await;
        sleep(BATCH / 4).await;
        assert_eq!(self.records(), 100, "Odoo works on the second batch");
    }

    fn records(&self) -> usize {
        self.server.world().attendances().count()
    }

    async fn logs(&self) -> Vec<attendance_log::Model> {
        self.stage.all::<attendance_log::Entity>().await
    }

    /// Ends where the job says that all logs are there, and each of them is, once, and is said to be once.
    async fn all_arrived(&self, job: &str) -> Value {
        let ended = self.admin.done(job, PATIENCE).await;
        assert_eq!(ended["result"], json!({ "synced": LOGS, "failed": 0 }), "{ended}");
        self.each_is_one_record(job).await;
        let again = self.admin.done(&self.ask().await, PATIENCE).await;
        assert_eq!(again["result"], json!({ "synced": 0, "failed": 0 }), "nothing was left to do");
        self.each_is_one_record(job).await;
        ended
    }

    async fn each_is_one_record(&self, job: &str) {
        let logs = self.logs().await;
        {
            let world = self.server.world();
            let records: HashMap<_, _> = world.attendances().map(|record| (record.id, record)).collect();
            assert_eq!((records.len(), logs.len()), (LOGS, LOGS));
            for log in &logs {
                let record = records[&log.odoo_attendance_id.unwrap()];
                let badge = world.employees().find(|person| person.id == record.employee).unwrap();
                assert_eq!(badge.barcode.as_ref(), Some(&log.employee_id));
                assert_eq!((Some(record.check_in), record.check_out), (log.check_in_at, log.check_out_at));
                assert_eq!(log.odoo_status, OdooStatus::Synced);
                assert!(!log.odoo_sent.as_ref().unwrap()["attempt"].is_object(), "{log:?}");
            }
        }
        let mut said = self.stage.all::<odoo_sync_log::Entity>().await;
        said.retain(|row| row.job_id.to_string() == job);
        assert_eq!(said.len(), LOGS, "one word about each");
    }
}

/// Enters a stand-in as the server.
pub async fn enter(admin: &Client, server: &StandIn, setup: &Setup) {
    let config = json!({
        "baseUrl": server.url(), "database": setup.database, "username": setup.login, "apiKey": setup.api_key,
    });
    admin.put("/odoo/config", &config).await;
}

/// A day's work of person `number` that is to be sent.
pub fn day_of(number: usize) -> attendance_log::ActiveModel {
    let begin: DateTime<Utc> = "2026-11-02T08:00:00Z".parse().unwrap();
    let person = format!("E{number}");
    attendance_log::ActiveModel {
        id: Set(format!("ATT-20261102-{number:03}")),
        employee_id: Set(person.clone()),
        name: Set(person),
        date: Set(begin.date_naive()),
        check_in_at: Set(Some(begin)),
        check_out_at: Set(Some(begin + TimeDelta::hours(8))),
        status: Set(Status::Present),
        source: Set(Source::Camera),
        verification_status: Set(VerificationStatus::Auto),
        odoo_status: Set(OdooStatus::Pending),
        ..Default::default()
    }
}

fn attempts(job: &Value) -> usize {
    job["attempts"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_in_the_middle_of_a_sync_makes_no_second_record() {
    let office = Office::open(Stage::set(Answer::nobody()).await).await;
    let mut victim = office.stage.worker().await;
    let (job, other) = tokio::join!(office.ask(), office.ask());
    assert_eq!(job, other, "one sync of everything stands in for another");
    office.in_the_middle().await;
    victim.process.kill();
    let _survivor = office.stage.worker().await;
    let ended = office.all_arrived(&job).await;
    assert_eq!(ended["attempts"][0]["error"], "the worker was lost", "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stands_still_in_the_middle_of_a_sync_changes_nothing_when_it_goes_on() {
    let office = Office::open(Stage::set(Answer::nobody()).await).await;
    let frozen = office.stage.worker().await;
    let job = office.ask().await;
    office.in_the_middle().await;
    frozen.process.freeze();
    let _other = office.stage.worker().await;
    sleep(Duration::from_secs(15)).await;
    let taken = office.admin.get(&format!("/jobs/{job}")).await;
    assert!(attempts(&taken) > 1, "another worker has taken it over: {taken}");
    frozen.process.thaw();
    office.all_arrived(&job).await;
    sleep(Duration::from_secs(2)).await;
    office.each_is_one_record(&job).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_forgets_everything_in_the_middle_of_a_sync_makes_no_second_record() {
    let office = Office::open(Stage::set(Answer::nobody()).await).await;
    let (_worker, _scheduler) = (office.stage.worker().await, office.stage.scheduler().await);
    let job = office.ask().await;
    office.in_the_middle().await;
    office.stage.servers.keyspace().forget();
    office.all_arrived(&job).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_restarts_in_the_middle_of_a_sync_makes_no_second_record() {
    let office = Office::open(Stage::on_own_servers(Answer::nobody()).await).await;
    let _worker = office.stage.worker().await;
    let job = office.ask().await;
    office.in_the_middle().await;
    office.stage.servers.instance().stop(Server::Postgres);
    sleep(BATCH).await;
    office.stage.servers.instance().resume(Server::Postgres);
    office.all_arrived(&job).await;
}
