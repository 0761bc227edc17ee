//! Which protocol is spoken, and how signing in fails.

use odoo::{
    Connection, OdooError, Operation,
    stand_in::{Fault, Rights},
};

use crate::support::{VERSIONS, client, connection, gateway, stand_in};

#[tokio::test]
async fn the_server_says_which_protocol_it_speaks() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let client = client(&server).await;
        assert_eq!(client.version().major, version);
        assert_eq!(client.version().text, format!("{version}.0"));
    }
}

#[tokio::test]
async fn an_address_with_a_path_or_a_slash_at_its_end_is_taken() {
    let server = stand_in(19).await;
    let with_slash = Connection { base_url: format!("{}/", server.url()), ..connection(&server) };
    assert!(gateway().connect(&with_slash).await.is_ok());
}

#[tokio::test]
async fn a_bad_key_and_an_expired_one_are_bad_credentials_in_every_version() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let wrong = Connection { api_key: "guessed".to_owned(), ..connection(&server) };
        let refused = gateway().connect(&wrong).await.unwrap_err();
        assert!(matches!(refused, OdooError::BadCredentials), "{version}: {refused:?}");
        let client = client(&server).await;
        server.world().key_expired = true;
        let refused = client.records(&[1], &[]).await.unwrap_err();
        assert!(matches!(refused, OdooError::BadCredentials), "{version}: {refused:?}");
        assert!(refused.to_string().contains("make a new key"), "{refused}");
    }
}

#[tokio::test]
async fn a_wrong_login_is_bad_credentials_where_there_are_logins() {
    for version in [16, 17, 18] {
        let server = stand_in(version).await;
        let wrong = Connection { username: "nobody".to_owned(), ..connection(&server) };
        let refused = gateway().connect(&wrong).await.unwrap_err();
        assert!(matches!(refused, OdooError::BadCredentials), "{version}: {refused:?}");
    }
}

#[tokio::test]
async fn a_wrong_database_is_named_in_every_version() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let wrong = Connection { database: "nowhere".to_owned(), ..connection(&server) };
        let refused = gateway().connect(&wrong).await.unwrap_err();
        assert!(
            matches!(&refused, OdooError::WrongDatabase(name) if name == "nowhere"),
            "{version}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn rights_are_told_apart_in_every_version() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let client = client(&server).await;
        assert!(client.may(Operation::Create).await.unwrap(), "{version}");
        assert!(client.may_read_employees().await.unwrap(), "{version}");
        server.world().rights = Rights { employees: false, read: true, change: false };
        assert!(!client.may(Operation::Create).await.unwrap(), "{version}");
        assert!(client.may(Operation::Read).await.unwrap(), "{version}");
        assert!(!client.may_read_employees().await.unwrap(), "{version}");
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable_and_nothing_was_done() {
    let server = stand_in(19).await;
    let gone = connection(&server);
    drop(server);
    let error = gateway().connect(&gone).await.unwrap_err();
    assert!(matches!(error, OdooError::Unreachable { unsure: false, .. }), "{error:?}");
}

#[tokio::test]
async fn a_metadata_address_is_never_called() {
    let server = stand_in(19).await;
    let metadata = Connection { base_url: "http://169.254.169.254/".to_owned(), ..connection(&server) };
    let refused = gateway().connect(&metadata).await.unwrap_err().to_string();
    assert!(refused.contains("may not call"), "{refused}");
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_again_later_and_not_taken_for_an_old_one() {
    let server = stand_in(19).await;
    server.faults().next(None, Fault::StatusBefore(502));
    let error = gateway().connect(&connection(&server)).await.unwrap_err();
    assert!(matches!(error, OdooError::Unreachable { .. }), "{error:?}");
    assert_eq!(server.faults().calls(), 1);
}
