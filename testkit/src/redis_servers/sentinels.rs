//! A master, its replica, and three sentinels that promote the replica when the master is gone.

use std::time::{Duration, Instant};

use redis::cmd;

use super::certificates::Authority;
use super::server::{RedisServer, quiet_port};

/// The name by which the sentinels know the master.
const NAME: &str = "mymaster";

/// Private servers watched by sentinels, two of which must agree that the master is gone: silent for half a second.
#[derive(Debug)]
pub struct Sentinels {
    /// The master, then its replica.
    pub servers: [RedisServer; 2],
    /// Who watches them.
    pub sentinels: Vec<RedisServer>,
    /// Where the sentinels speak TLS, if they do.
    tls_ports: Vec<u16>,
}

impl Sentinels {
    /// Starts all of them, and waits until the replica follows and the sentinels know each other. Takes about three
    /// seconds, since sentinels greet each other every two.
    #[must_use]
    pub fn start() -> Self {
        let master = RedisServer::start(&["repl-diskless-sync-delay 0"]);
        let replica_of = format!("replicaof 127.0.0.1 {}", master.port());
        let replica = RedisServer::start(&[&replica_of, "repl-diskless-sync-delay 0"]);
        let monitor = format!("sentinel monitor {NAME} 127.0.0.1 {} 2", master.port());
        let lines = [
            &monitor,
            "sentinel down-after-milliseconds mymaster 500",
            "sentinel failover-timeout mymaster 3000",
        ];
        let sentinels = (0..3).map(|_| RedisServer::sentinel(&lines)).collect();
        let all = Self { servers: [master, replica], sentinels, tls_ports: Vec::new() };
        all.wait("the sentinels know everybody", |sentinel| {
            let told: Vec<String> = sentinel.ask(cmd("SENTINEL").arg("MASTER").arg(NAME));
            let field = |name: &str| told.chunks(2).find(|pair| pair[0] == name).map(|pair| pair[1].clone());
            field("num-slaves").as_deref() == Some("1")
                && field("num-other-sentinels").as_deref() == Some("2")
        });
        all
    }

    /// A master alone, known to one sentinel, where all speak TLS with clients and with each other.
    #[must_use]
    pub fn start_over_tls(authority: &Authority) -> Self {
        let certificates = authority.lines("IP:127.0.0.1");
        let port = |lines: &[String]| -> (u16, Vec<String>) {
            let port = quiet_port();
            let own =
                [format!("tls-port {port}"), "tls-replication yes".into(), "tls-auth-clients no".into()];
            (port, [&certificates, &own, lines].concat())
        };
        let start =
            |lines: &[String]| RedisServer::start(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let (master_port, lines) = port(&["repl-diskless-sync-delay 0".into()]);
        let master = start(&lines);
        let (_, lines) = port(&[format!("replicaof 127.0.0.1 {master_port}")]);
        let replica = start(&lines);
        let (sentinel_port, lines) = port(&[format!("sentinel monitor {NAME} 127.0.0.1 {master_port} 1")]);
        let sentinel = RedisServer::sentinel(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let all =
            Self { servers: [master, replica], sentinels: vec![sentinel], tls_ports: vec![sentinel_port] };
        all.wait("the sentinel knows the replica", |sentinel| {
            let replicas: Vec<redis::Value> = sentinel.ask(cmd("SENTINEL").arg("REPLICAS").arg(NAME));
            replicas.len() == 1
        });
        all
    }

    /// URL of whichever server is the master, over TLS and with further parameters.
    #[must_use]
    pub fn tls_url(&self, parameters: &str) -> String {
        format!("rediss+sentinel://127.0.0.1:{}/{NAME}?{parameters}", self.tls_ports[0])
    }

    /// URL of whichever server is the master.
    #[must_use]
    pub fn url(&self) -> String {
        let places: Vec<String> =
            self.sentinels.iter().map(|sentinel| format!("127.0.0.1:{}", sentinel.port())).collect();
        format!("redis+sentinel://{}/{NAME}", places.join(","))
    }

    /// Waits until the replica has everything that the master was told before this call.
    pub fn replicate(&self) {
        let mut connection =
            redis::Client::open(self.servers[0].url()).unwrap().get_connection().expect("the master answers");
        let () = cmd("SET").arg("marker").arg(1).query(&mut connection).unwrap();
        let copies: u8 = cmd("WAIT").arg(1).arg(5000).query(&mut connection).unwrap();
        assert_eq!(copies, 1, "the replica does not follow");
    }

    /// Waits until every sentinel that lives names the replica as the master.
    pub fn wait_for_promotion(&self) {
        let port = self.servers[1].port().to_string();
        self.wait("the replica is promoted", |sentinel| {
            let place: Vec<String> = sentinel.ask(cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(NAME));
            place.get(1) == Some(&port)
        });
    }

    fn wait(&self, what: &str, condition: impl Fn(&RedisServer) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let is_up = |sentinel: &&RedisServer| sentinel.try_ask::<String>(&cmd("PING")).is_ok();
        while !self.sentinels.iter().filter(is_up).all(&condition) {
            assert!(Instant::now() < deadline, "never happened: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
