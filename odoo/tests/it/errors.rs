//! What a server's refusals become.

use odoo::{NewRecord, OdooError};

use crate::support::{VERSIONS, client, hire, stand_in, times};

#[tokio::test]
async fn refused_values_carry_the_servers_words_and_no_traceback() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let (client, employee) = (client(&server).await, hire(&server, "1"));
        let open = NewRecord { employee, times: times(2, 8, 0) };
        client.create(&[open]).await.unwrap();
        let refused = client.create(&[NewRecord { times: times(3, 8, 0), ..open }]).await.unwrap_err();
        let text = format!("{refused} {refused:?}");
        assert!(
            text.contains("hasn't checked out since") && !text.contains("Traceback"),
            "{version}: {text}"
        );
        assert!(refused.is_about_records() && !refused.is_unsure());
    }
}

#[tokio::test]
async fn missing_rights_are_told_apart_from_refused_values() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let (client, employee) = (client(&server).await, hire(&server, "1"));
        server.world().rights.change = false;
        let refused = client.create(&[NewRecord { employee, times: times(2, 8, 9) }]).await.unwrap_err();
        assert!(matches!(refused, OdooError::NoRights(_)), "{version}: {refused:?}");
    }
}

#[tokio::test]
async fn a_record_that_is_gone_is_not_found() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let refused = client(&server).await.write(99, times(2, 8, 9), false).await.unwrap_err();
        assert!(matches!(refused, OdooError::NotFound(_)), "{version}: {refused:?}");
    }
}
