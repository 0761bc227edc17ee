//! A worker's context with a stand-in Odoo behind it, in which jobs are run in place, one attempt at a time.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    Secret,
    attendance_log::{self, Model, OdooStatus, Source, Status, VerificationStatus},
    odoo_config,
};
use jobs::{DeleteOdooRecord, Job, OdooSync};
use odoo::{
    Gateway, Limits,
    stand_in::{Attendance, Employee, Setup, StandIn},
};
use platform::{
    outbound::Outbound,
    seal::{ODOO_KEY, Sealer},
};
use queue::{Delivery, JobContext, JobHandle, Outcome};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseConnection, EntityTrait as _};
use testkit::provider::Answer;
use uuid::Uuid;
use worker::Registry;

use crate::stage::Stage;

/// Limits under which nothing times out that is not meant to.
pub const PATIENT: Limits = Limits { call: Duration::from_secs(10), settle: Duration::ZERO };

pub struct OdooStage {
    pub stage: Stage,
    pub server: StandIn,
}

/// A time on a day of November 2026, in UTC.
pub fn at(day: u32, hour: u32) -> DateTime<Utc> {
    format!("2026-11-{day:02}T{hour:02}:00:00Z").parse().unwrap()
}

impl OdooStage {
    /// An Odoo of `version` that the worker is connected to.
    pub async fn set(version: u32) -> Self {
        Self::with(Setup::of(version), PATIENT).await
    }

    pub async fn with(setup: Setup, limits: Limits) -> Self {
        let mut stage = Stage::without_worker(Answer::nobody()).await;
        let context = Arc::get_mut(&mut stage.context).expect("nobody else has it yet");
        context.odoo = Gateway::new(Outbound::new(true), limits).unwrap();
        let server = StandIn::start("127.0.0.1:0".parse().unwrap(), setup).await.unwrap();
        let stage = Self { stage, server };
        stage.connect_to(&stage.server).await;
        stage
    }

    /// Enters a connection, as an administrator does.
    pub async fn connect_to(&self, server: &StandIn) {
        let setup = Setup::of(19);
        let sealed = Sealer::new(&self.stage.settings.keys).seal(ODOO_KEY, &setup.api_key).unwrap();
        let row = odoo_config::ActiveModel {
            id: Set(1),
            base_url: Set(server.url()),
            database: Set(setup.database),
            username: Set(setup.login),
            api_key: Set(Some(Secret::new(sealed))),
            ..Default::default()
        };
        row.update(self.db()).await.unwrap();
    }

    pub fn db(&self) -> &DatabaseConnection {
        self.stage.db()
    }

    pub async fn config(&self) -> odoo_config::Model {
        odoo_config::get(self.db()).await.unwrap()
    }

    /// Somebody whose badge in Odoo is this.
    pub fn hire(&self, badge: &str) -> i64 {
        hire(&self.server, badge)
    }

    /// Somebody's day in November 2026; `to` of 0 leaves it open.
    pub async fn log(&self, employee_id: &str, day: u32, from: u32, to: u32) -> String {
        self.log_at(employee_id, at(day, from), (to > 0).then(|| at(day, to))).await
    }

    pub async fn log_at(&self, employee_id: &str, from: DateTime<Utc>, to: Option<DateTime<Utc>>) -> String {
        let date: NaiveDate = from.date_naive();
        let row = attendance_log::ActiveModel {
            id: Set(format!("ATT-{}-{employee_id}", date.format("%Y%m%d"))),
            employee_id: Set(employee_id.to_owned()),
            name: Set(employee_id.to_owned()),
            date: Set(date),
            check_in_at: Set(Some(from)),
            check_out_at: Set(to),
            status: Set(Status::Present),
            source: Set(Source::Camera),
            verification_status: Set(VerificationStatus::Auto),
            odoo_status: Set(OdooStatus::Pending),
            ..Default::default()
        };
        row.insert(self.db()).await.unwrap().id
    }

    pub async fn row(&self, id: &str) -> Model {
        self.find(id).await.unwrap()
    }

    pub async fn find(&self, id: &str) -> Option<Model> {
        attendance_log::Entity::find_by_id(id).one(self.db()).await.unwrap()
    }

    /// Changes a log as somebody's correction does: it is to be sent again.
    pub async fn correct(&self, id: &str, from: DateTime<Utc>, to: Option<DateTime<Utc>>) {
        let columns = attendance_log::ActiveModel {
            check_in_at: Set(Some(from)),
            check_out_at: Set(to),
            odoo_status: Set(OdooStatus::Pending),
            ..Default::default()
        };
        let row = attendance_log::Entity::update_many().set(columns);
        let row =
            sea_orm::QueryFilter::filter(row, sea_orm::ColumnTrait::eq(&attendance_log::Column::Id, id));
        row.exec(self.db()).await.unwrap();
    }

    /// Deletes a log as the API does; answers the job that follows.
    pub async fn delete(&self, id: &str) -> Option<DeleteOdooRecord> {
        let row = self.find(id).await?;
        attendance_log::Entity::delete_by_id(id).exec(self.db()).await.unwrap();
        let is_known = row.odoo_attendance_id.is_some() || row.odoo_sent.is_some();
        is_known.then_some(DeleteOdooRecord {
            attendance_log_id: row.id,
            employee_id: row.employee_id,
            odoo_attendance_id: row.odoo_attendance_id,
            odoo_sent: row.odoo_sent,
        })
    }

    /// One attempt of a sync of everything that waits.
    pub async fn sync(&self) -> Outcome {
        self.run(&OdooSync::default()).await
    }

    /// A sync that must end well; answers `(synced, failed)`.
    pub async fn synced(&self) -> (u64, u64) {
        match self.sync().await {
            Outcome::Done(report) => (report["synced"].as_u64().unwrap(), report["failed"].as_u64().unwrap()),
            other => panic!("the sync ended with {other:?}"),
        }
    }

    /// One attempt of a new job.
    pub async fn run<J: Job>(&self, job: &J) -> Outcome {
        self.run_as(job, Uuid::now_v7(), 1, None).await
    }

    /// One attempt of a job that has this id.
    pub async fn run_as<J: Job>(&self, job: &J, id: Uuid, attempt: u32, actor: Option<Uuid>) -> Outcome {
        let delivery = delivery(job, id, attempt, actor);
        Registry::complete().run(Arc::clone(&self.stage.context), delivery).await
    }

    /// The records of one employee, oldest first: begin, and end where it has one.
    pub fn records_of(&self, employee: i64) -> Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> {
        let world = self.server.world();
        let mut records: Vec<_> =
            world.attendances_of(employee).into_iter().map(|one| (one.check_in, one.check_out)).collect();
        records.sort_unstable();
        records
    }

    /// The one record there is.
    pub fn record(&self) -> Attendance {
        let world = self.server.world();
        assert_eq!(world.attendances().count(), 1);
        world.attendances().next().unwrap().clone()
    }
}

pub fn hire(server: &StandIn, badge: &str) -> i64 {
    let employee =
        Employee { name: badge.to_owned(), barcode: Some(badge.to_owned()), ..Employee::default() };
    server.world().hire(employee).unwrap()
}

pub fn delivery<J: Job>(job: &J, id: Uuid, attempt: u32, actor: Option<Uuid>) -> Delivery {
    Delivery {
        id,
        kind: J::KIND.into(),
        version: J::VERSION,
        queue: J::QUEUE.into(),
        payload: serde_json::value::to_raw_value(job).unwrap(),
        context: JobContext { actor, ..JobContext::default() },
        attempt,
        max_attempts: J::MAX_ATTEMPTS,
        timeout: J::TIMEOUT,
        enqueued_at: Utc::now(),
        handle: JobHandle::detached(),
    }
}
