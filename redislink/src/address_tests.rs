#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn read(url: &str) -> Address {
    url.parse().unwrap()
}

fn refused(url: &str) -> String {
    let error = url.parse::<Address>().unwrap_err();
    let text = error.to_string();
    assert!(!text.contains("hunter2"), "{text}");
    text
}

fn places(address: &Address) -> Vec<String> {
    address.servers.iter().map(|server| server.addr().to_string()).collect()
}

#[test]
fn a_plain_url_names_one_server_with_user_password_and_database() {
    let address = read("redis://me:p%40ss@cache:7000/3");
    assert!(matches!(address.shape, Shape::One(_)));
    assert_eq!(places(&address), ["cache:7000"]);
    let settings = address.servers[0].redis_settings();
    assert_eq!((settings.username(), settings.password(), settings.db()), (Some("me"), Some("p@ss"), 3));
}

#[test]
fn a_sentinel_url_names_sentinels_and_the_master_that_they_watch() {
    let address =
        read("redis+sentinel://:pw@a,b:26380,[::1]/mymaster/2?sentinel_username=s&sentinel_password=t");
    assert_eq!(places(&address), ["a:26379", "b:26380", "::1:26379"]);
    let Shape::Sentinel(watched) = &address.shape else { panic!("{address:?}") };
    assert_eq!(watched.master, "mymaster");
    assert_eq!((watched.username.as_deref(), watched.password.as_deref()), (Some("s"), Some("t")));
    assert_eq!(
        (address.servers[1].redis_settings().password(), address.servers[1].redis_settings().db()),
        (Some("pw"), 2)
    );
}

#[test]
fn a_cluster_url_names_some_of_its_nodes() {
    let address = read("redis+cluster://me:pw@a:7000,b:7001");
    assert!(matches!(address.shape, Shape::Cluster));
    assert_eq!(places(&address), ["a:7000", "b:7001"]);
    assert_eq!(address.servers[1].redis_settings().password(), Some("pw"));
}

#[test]
fn tls_is_checked_and_never_switched_off() {
    for url in ["rediss://cache", "rediss+sentinel://a,b/m", "rediss+cluster://a,b"] {
        let address = read(url);
        assert!(
            address
                .servers
                .iter()
                .all(|server| matches!(server.addr(), ConnectionAddr::TcpTls { insecure: false, .. })),
            "{url}"
        );
    }
    assert!(refused("rediss://cache/#insecure").contains("always checked"));
}

#[test]
fn a_mistake_is_named_and_the_password_is_not() {
    for (url, says) in [
        ("http://:hunter2@a", "must begin with"),
        ("redis", "must begin with"),
        ("redis://:hunter2@a:port", "host:port"),
        ("redis://:hunter2@", "host:port"),
        ("redis://:hunter2@a,b", "redis+cluster"),
        ("redis://:hunter2@a/x", "host:port"),
        ("redis+sentinel://:hunter2@a,b", "/mymaster"),
        ("redis+cluster://:hunter2@a/3", "database"),
        ("redis://:hunter2@a?tls=no", "tls"),
        ("redis://:hunter2@a?ssl_ca_certs=/ca.pem", "ssl_ca_certs"),
        ("rediss://:hunter2@a?ssl_ca_certs=/nowhere/ca.pem", "/nowhere/ca.pem"),
        ("rediss://:hunter2@a?ssl_certfile=/nowhere", "both"),
    ] {
        let text = refused(url);
        assert!(text.contains(says), "{url}: {text}");
    }
    assert!(!format!("{:?}", read("redis://me:hunter2@a")).contains("hunter2"));
}

#[test]
fn a_ca_that_holds_no_certificate_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "nothing").unwrap();
    let text = refused(&format!("rediss://a?ssl_ca_certs={}", file.path().display()));
    assert!(text.contains("cannot be used"), "{text}");
}
