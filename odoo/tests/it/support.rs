//! A stand-in, and the way to it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use odoo::{
    Client, Connection, Gateway, Limits, Times,
    stand_in::{Employee, Setup, StandIn},
};
use platform::outbound::Outbound;

/// Every version that is to work.
pub const VERSIONS: [u32; 4] = [16, 17, 18, 19];

pub async fn stand_in(version: u32) -> StandIn {
    StandIn::start("127.0.0.1:0".parse().unwrap(), Setup::of(version)).await.unwrap()
}

pub fn connection(server: &StandIn) -> Connection {
    let setup = Setup::of(19);
    Connection {
        base_url: server.url(),
        database: setup.database,
        username: setup.login,
        api_key: setup.api_key,
        company: None,
    }
}

pub fn gateway() -> Gateway {
    let limits = Limits { call: Duration::from_millis(500), settle: Duration::ZERO };
    Gateway::new(Outbound::new(true), limits).unwrap()
}

pub async fn client(server: &StandIn) -> Client {
    gateway().connect(&connection(server)).await.unwrap()
}

/// Somebody with this badge.
pub fn hire(server: &StandIn, barcode: &str) -> i64 {
    let employee = Employee {
        name: format!("Name of {barcode}"),
        barcode: Some(barcode.to_owned()),
        ..Employee::default()
    };
    server.world().hire(employee).unwrap()
}

/// A time on a day of November 2026, in UTC.
pub fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    format!("2026-11-{day:02}T{hour:02}:{minute:02}:00Z").parse().unwrap()
}

/// A day's attendance; `to` of 0 leaves it open.
pub fn times(day: u32, from: u32, to: u32) -> Times {
    Times::new(at(day, from, 0), (to > 0).then(|| at(day, to, 0)))
}
