//! A Redis Cluster: three masters that share the slots, and replicas as wanted.

use std::time::{Duration, Instant};

use redis::cmd;

use super::certificates::Authority;
use super::server::{RedisServer, quiet_port};

/// Slots of the masters.
const SLOTS: [(u16, u16); 3] = [(0, 5460), (5461, 10922), (10923, 16383)];

/// A private cluster of real servers. A node that is silent for a second counts as failed.
#[derive(Debug)]
pub struct RedisCluster {
    /// The servers: three masters, then the replicas.
    pub nodes: Vec<RedisServer>,
    /// Where the first nodes speak TLS, if they do.
    tls_ports: Vec<u16>,
}

impl RedisCluster {
    /// Three masters that agree on who owns what. Takes about a second.
    #[must_use]
    pub fn start() -> Self {
        Self::of(SLOTS.iter().map(|_| node(&[])).collect(), Vec::new())
    }

    /// The same with nodes that speak TLS with clients, on a second port each, and with each other.
    #[must_use]
    pub fn start_over_tls(authority: &Authority) -> Self {
        let certificates = authority.lines("IP:127.0.0.1");
        let tls_ports: Vec<u16> = SLOTS.iter().map(|_| quiet_port()).collect();
        let start = |port: &u16| {
            let port = format!("tls-port {port}");
            let mut lines = vec![port.as_str(), "tls-cluster yes", "tls-auth-clients no"];
            lines.extend(certificates.iter().map(String::as_str));
            node(&lines)
        };
        let nodes = tls_ports.iter().map(start).collect();
        Self::of(nodes, tls_ports)
    }

    fn of(nodes: Vec<RedisServer>, tls_ports: Vec<u16>) -> Self {
        for (number, (node, (first, last))) in nodes.iter().zip(SLOTS).enumerate() {
            let () = node.ask(cmd("CLUSTER").arg("ADDSLOTSRANGE").arg(first).arg(last));
            let () = node.ask(cmd("CLUSTER").arg("SET-CONFIG-EPOCH").arg(number + 1));
        }
        let cluster = Self { nodes, tls_ports };
        for newcomer in &cluster.nodes[1..] {
            cluster.introduce(newcomer);
        }
        cluster.wait_until_it_is_whole();
        cluster
    }

    /// One more node, a replica of the master at this index that has copied its data. Answers its own index.
    pub fn add_replica(&mut self, of: usize) -> usize {
        let replica = node(&[]);
        self.introduce(&replica);
        let master: String = self.nodes[of].ask(cmd("CLUSTER").arg("MYID"));
        self.nodes.push(replica);
        self.wait_until_it_is_whole();
        let replica = self.nodes.last().unwrap();
        wait("the node is a replica", || {
            replica.try_ask::<()>(cmd("CLUSTER").arg("REPLICATE").arg(&master)).is_ok()
        });
        wait("the replica has copied the data", || {
            info(replica, "REPLICATION").contains("master_link_status:up")
        });
        self.nodes.len() - 1
    }

    /// URL of the cluster; not every node is named in it, as in real installations.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis+cluster://127.0.0.1:{},127.0.0.1:{}", self.nodes[0].port(), self.nodes[1].port())
    }

    /// URL of a cluster that speaks TLS, with further parameters.
    #[must_use]
    pub fn tls_url(&self, parameters: &str) -> String {
        format!(
            "rediss+cluster://127.0.0.1:{},127.0.0.1:{}?{parameters}",
            self.tls_ports[0], self.tls_ports[1]
        )
    }

    /// Index of the master that owned the key at the start.
    #[must_use]
    pub fn owner_of(&self, key: &str) -> usize {
        let slot: u16 = self.nodes[0].ask(cmd("CLUSTER").arg("KEYSLOT").arg(key));
        SLOTS.iter().position(|(first, last)| (*first..=*last).contains(&slot)).unwrap()
    }

    /// Makes a replica the master in its master's place, as a node's maintenance does. On a busy machine Redis gives an
    /// attempt up after five seconds; then another one is made.
    pub fn fail_over_to(&self, replica: usize) {
        let replica = &self.nodes[replica];
        let is_master = || info(replica, "REPLICATION").contains("role:master");
        for _ in 0..3 {
            let () = replica.ask(cmd("CLUSTER").arg("FAILOVER"));
            if within(Duration::from_secs(6), is_master) {
                return;
            }
        }
        panic!("the replica does not become the master");
    }

    /// Waits until every node that answers says that all slots are served.
    pub fn wait_until_it_is_whole(&self) {
        let known = format!("cluster_known_nodes:{}", self.nodes.len());
        wait("the cluster is whole", || {
            self.nodes.iter().all(|node| {
                let state: String = node.try_ask(cmd("CLUSTER").arg("INFO")).unwrap_or_default();
                state.contains("cluster_state:ok") && state.contains(&known)
            })
        });
    }

    fn introduce(&self, newcomer: &RedisServer) {
        let bus: Vec<String> = newcomer.ask(cmd("CONFIG").arg("GET").arg("cluster-port"));
        let () =
            self.nodes[0].ask(cmd("CLUSTER").arg("MEET").arg("127.0.0.1").arg(newcomer.port()).arg(&bus[1]));
    }
}

/// The bus has a port of its own choice: ten thousand above the server's, its default, may be taken.
fn node(lines: &[&str]) -> RedisServer {
    let bus = format!("cluster-port {}", quiet_port());
    let common = [
        "cluster-enabled yes",
        "cluster-node-timeout 1000",
        "cluster-replica-validity-factor 0",
        "repl-diskless-sync-delay 0",
        &bus,
    ];
    RedisServer::start(&[&common, lines].concat())
}

fn info(server: &RedisServer, section: &str) -> String {
    server.try_ask(cmd("INFO").arg(section)).unwrap_or_default()
}

fn wait(what: &str, condition: impl Fn() -> bool) {
    assert!(within(Duration::from_secs(15), condition), "never happened: {what}");
}

fn within(limit: Duration, condition: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}
