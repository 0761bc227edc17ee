//! Records made, read, changed and removed, in every version.

use odoo::{NewRecord, OdooError, Times};

use crate::support::{VERSIONS, at, client, hire, stand_in, times};

#[tokio::test]
async fn a_record_is_made_read_closed_and_removed_in_every_version() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let (client, employee) = (client(&server).await, hire(&server, "412"));
        let made = client.create(&[NewRecord { employee, times: times(2, 8, 0) }]).await.unwrap();
        let read = client.records(&made, &[]).await.unwrap();
        assert_eq!((read[0].employee, read[0].times), (employee, times(2, 8, 0)), "{version}");
        client.write(made[0], times(2, 8, 17), false).await.unwrap();
        let by_begin = client.records(&[], &[(employee, at(2, 8, 0))]).await.unwrap();
        assert_eq!((by_begin[0].id, by_begin[0].times), (made[0], times(2, 8, 17)), "{version}");
        client.remove(made[0]).await.unwrap();
        assert!(client.records(&made, &[]).await.unwrap().is_empty(), "{version}");
        client.remove(made[0]).await.expect("nothing is left to remove");
    }
}

#[tokio::test]
async fn ids_come_back_in_the_order_of_the_records() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let (client, one, other) = (client(&server).await, hire(&server, "1"), hire(&server, "2"));
        let new = [one, other, one].into_iter().zip([5, 4, 3]);
        let new: Vec<_> =
            new.map(|(employee, day)| NewRecord { employee, times: times(day, 8, 9) }).collect();
        let ids = client.create(&new).await.unwrap();
        for (id, new) in ids.iter().zip(&new) {
            let world = server.world();
            let kept = world.attendance(*id).unwrap();
            assert_eq!((kept.employee, kept.check_in), (new.employee, new.times.check_in), "{version}");
        }
    }
}

#[tokio::test]
async fn times_are_naive_utc_whatever_zone_and_season_they_came_from() {
    let server = stand_in(19).await;
    let (client, employee) = (client(&server).await, hire(&server, "1"));
    let local = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    // The hour that Berlin has twice: 02:30 in summer time, and an hour later 02:30 again.
    let night =
        Times::new(local("2026-10-25T02:30:00.75+02:00"), Some(local("2026-10-25T02:30:00.25+01:00")));
    client.create(&[NewRecord { employee, times: night }]).await.unwrap();
    let world = server.world();
    let kept = world.attendances().next().unwrap();
    assert_eq!(kept.check_in.to_rfc3339(), "2026-10-25T00:30:00+00:00");
    assert_eq!(kept.check_out.unwrap().to_rfc3339(), "2026-10-25T01:30:00+00:00");
}

#[tokio::test]
async fn an_automatic_check_out_is_seen_and_replaced_by_hand() {
    for version in [18, 19] {
        let server = stand_in(version).await;
        let (client, employee) = (client(&server).await, hire(&server, "1"));
        let id = client.create(&[NewRecord { employee, times: times(2, 8, 0) }]).await.unwrap()[0];
        let ended = server.world().edit(id, |record| {
            (record.check_out, record.out_mode) = (Some(at(2, 16, 0)), "auto_check_out".to_owned());
        });
        ended.unwrap();
        let read = client.records(&[id], &[]).await.unwrap();
        assert!(read[0].ended_by_odoo, "{version}");
        client.write(id, times(2, 8, 18), true).await.unwrap();
        let world = server.world();
        let kept = world.attendance(id).unwrap();
        assert_eq!((kept.check_out, kept.out_mode.as_str()), (Some(at(2, 18, 0)), "manual"), "{version}");
    }
}

#[tokio::test]
async fn one_bad_record_keeps_all_of_its_call_out() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let (client, employee) = (client(&server).await, hire(&server, "1"));
        let good = NewRecord { employee, times: times(2, 8, 17) };
        let overlapping = NewRecord { employee, times: times(2, 9, 18) };
        let refused = client.create(&[good, overlapping]).await.unwrap_err();
        assert!(
            matches!(&refused, OdooError::Validation(said) if said.contains("already checked in")),
            "{refused:?}"
        );
        assert_eq!(server.world().attendances().count(), 0, "{version}");
    }
}
