//! Events, the version of the live lists and scripts work over every shape of Redis that `REDIS_URL` may name.

use std::sync::Arc;
use std::time::Duration;

use platform::events::{Channel, Event, Publisher, Subscription};
use platform::live::LiveVersion;
use platform::redis::{Link, Script, connect};
use platform::{Settings, Shutdown};
use serde_json::value::RawValue;
use testkit::eventually;
use testkit::redis_servers::{Authority, RedisCluster, RedisServer, Sentinels};
use tokio::sync::broadcast::Receiver;

fn settings(url: &str) -> Settings {
    Settings::read(|name| (name == "REDIS_URL").then(|| url.to_owned())).unwrap()
}

fn event(camera: &str) -> Event {
    Event {
        channel: Channel::Detections,
        camera_id: Some(camera.to_owned()),
        user_id: None,
        message: RawValue::from_string("{}".to_owned()).unwrap(),
    }
}

/// Publishes until a listener hears it: subscriptions begin in the background.
async fn heard(publisher: &Publisher, listener: &mut Receiver<Arc<Event>>, camera: &str) {
    for _ in 0..300 {
        // A Redis that is failing over loses events, which callers log.
        let _ = publisher.publish(&event(camera)).await;
        let wait = tokio::time::timeout(Duration::from_millis(50), async {
            while listener.recv().await.unwrap().camera_id.as_deref() != Some(camera) {}
        });
        if wait.await.is_ok() {
            return;
        }
    }
    panic!("nobody heard of {camera}");
}

/// What API and workers do with Redis besides the queue.
async fn everything_works(
    redis: &Link,
    publisher: &Publisher,
    listener: &mut Receiver<Arc<Event>>,
    name: &str,
) {
    heard(publisher, listener, name).await;
    let live = LiveVersion::new(redis.clone(), name);
    assert_eq!(live.current().await.unwrap(), 0);
    assert_eq!(live.raise().await.unwrap(), 1);
    assert_eq!(live.current().await.unwrap(), 1);
    let script = Script::new("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    // Many keys: in a cluster, on every node.
    for n in 0..20 {
        let mut call = script.on(&format!("{name}:{n}"));
        call.arg(n);
        assert_eq!(script.run::<i64>(redis, &call).await.unwrap(), n);
    }
}

fn parts(url: &str) -> (Link, Publisher, Receiver<Arc<Event>>) {
    let settings = settings(url);
    let redis = connect(&settings).unwrap();
    let events = Subscription::start(&settings, Shutdown::new()).unwrap();
    (redis.clone(), Publisher::new(redis, &settings.redis_prefix), events.listen())
}

#[tokio::test]
async fn events_live_versions_and_scripts_work_over_a_cluster_and_after_a_node_was_lost() {
    let mut cluster = RedisCluster::start();
    let (redis, publisher, mut listener) = parts(&cluster.url());
    everything_works(&redis, &publisher, &mut listener, "before").await;
    cluster.nodes[0].kill();
    cluster.nodes[0].resume();
    cluster.wait_until_it_is_whole();
    everything_works(&redis, &publisher, &mut listener, "after").await;
}

#[tokio::test]
async fn events_live_versions_and_scripts_work_over_sentinel_and_after_the_master_was_lost() {
    let mut servers = Sentinels::start();
    let (redis, publisher, mut listener) = parts(&servers.url());
    everything_works(&redis, &publisher, &mut listener, "before").await;
    servers.servers[0].kill();
    servers.wait_for_promotion();
    let live = LiveVersion::new(redis.clone(), "promoted");
    let promoted = async || live.raise().await.ok();
    eventually(Duration::from_secs(10), "the promoted server takes writes", promoted).await;
    everything_works(&redis, &publisher, &mut listener, "after").await;
}

#[tokio::test]
async fn events_live_versions_and_scripts_work_over_tls() {
    let authority = Authority::new();
    let server: RedisServer = authority.server("IP:127.0.0.1", false);
    let ca = authority.certificate();
    let url = format!("rediss://127.0.0.1:{}?ssl_ca_certs={}", server.port(), ca.display());
    let (redis, publisher, mut listener) = parts(&url);
    everything_works(&redis, &publisher, &mut listener, "tls").await;
}
