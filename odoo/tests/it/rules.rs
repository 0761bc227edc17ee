//! The stand-in refuses what real servers were seen to refuse, and nothing else.

use odoo::{
    NewRecord,
    stand_in::{Employee, StandIn},
};

use crate::support::{VERSIONS, client, hire, stand_in, times};

/// Makes records one after the other; answers which were taken.
async fn taken(version: u32, attempts: &[(u32, u32, u32)]) -> Vec<bool> {
    let server: StandIn = stand_in(version).await;
    let (client, employee) = (client(&server).await, hire(&server, "1"));
    let mut taken = Vec::new();
    for (day, from, to) in attempts {
        let record = NewRecord { employee, times: times(*day, *from, *to) };
        taken.push(client.create(&[record]).await.is_ok());
    }
    taken
}

#[tokio::test]
async fn overlaps_and_second_open_ones_are_refused() {
    for version in VERSIONS {
        assert_eq!(taken(version, &[(2, 8, 12), (2, 11, 13)]).await, [true, false]);
        assert_eq!(taken(version, &[(2, 8, 12), (2, 7, 9)]).await, [true, false]);
        assert_eq!(taken(version, &[(2, 8, 12), (2, 7, 13)]).await, [true, false]);
        assert_eq!(taken(version, &[(2, 8, 0), (3, 8, 0)]).await, [true, false]);
        assert_eq!(taken(version, &[(2, 9, 8)]).await, [false]);
    }
}

#[tokio::test]
async fn one_that_begins_when_another_ends_is_taken() {
    for version in VERSIONS {
        assert_eq!(taken(version, &[(2, 8, 12), (2, 12, 17)]).await, [true, true]);
    }
}

#[tokio::test]
async fn a_closed_one_inside_an_open_one_is_taken_and_then_blocks_its_end() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let (client, employee) = (client(&server).await, hire(&server, "1"));
        let open = client.create(&[NewRecord { employee, times: times(2, 8, 0) }]).await.unwrap()[0];
        client.create(&[NewRecord { employee, times: times(2, 10, 11) }]).await.unwrap();
        let refused = client.write(open, times(2, 8, 17), false).await.unwrap_err();
        assert!(refused.is_about_records(), "{version}: {refused}");
        client.write(open, times(2, 8, 9), false).await.unwrap();
    }
}

#[tokio::test]
async fn a_badge_has_no_dash_from_18_on_and_is_nobody_elses() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let with = |badge: &str| Employee { barcode: Some(badge.to_owned()), ..Employee::default() };
        assert_eq!(server.world().hire(with("EMP-1")).is_ok(), version < 18, "{version}");
        assert!(server.world().hire(with("EMP1")).is_ok());
        assert!(server.world().hire(with("EMP1")).is_err());
    }
}

#[tokio::test]
async fn what_is_in_it_is_there_when_it_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let setup = || odoo::stand_in::Setup {
        file: Some(folder.path().join("odoo.json")),
        ..odoo::stand_in::Setup::of(19)
    };
    let server = StandIn::start("127.0.0.1:0".parse().unwrap(), setup()).await.unwrap();
    let (first, employee) = (client(&server).await, hire(&server, "1"));
    let id = first.create(&[NewRecord { employee, times: times(2, 8, 0) }]).await.unwrap()[0];
    drop(server);
    let server = StandIn::start("127.0.0.1:0".parse().unwrap(), setup()).await.unwrap();
    let again = client(&server).await;
    again.write(id, times(2, 8, 17), false).await.unwrap();
    assert_eq!(again.records(&[id], &[]).await.unwrap()[0].times, times(2, 8, 17));
    assert!(again.create(&[NewRecord { employee, times: times(2, 9, 0) }]).await.is_err());
}
