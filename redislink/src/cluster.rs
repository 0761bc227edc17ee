//! A cluster: each command goes to the node that owns its slot. The map of slots is read from whichever node answers
//! first, and anew after any sign that it has changed.
//!
//! The client library has a cluster connection, too. Ours opens sockets only to nodes that a link talks to (a worker
//! waits in a blocking pop per queue, on a link each), never holds calls to healthy nodes back while one is away, and
//! is at rest when the whole cluster is: `docs/adr/0003-own-cluster-routing.md`.

use std::collections::HashMap;
use std::sync::{
    Arc, Mutex, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};
use std::time::{Duration, Instant};

use futures_util::future::{select_ok, try_join_all};
use futures_util::{FutureExt as _, TryFutureExt as _};
use redis::{
    Client, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, RedisError, RedisResult, ServerErrorKind, Value,
};

use crate::address::{Address, at_place};
use crate::node::{Node, Server, is_cured_by_reconnect};
use crate::slots::{Place, Range, ranges, slot_of};

/// Redirections that one command follows; more mean that the nodes contradict each other.
const REDIRECTIONS: usize = 5;

/// Shortest time between two readings of the map.
const PAUSE: Duration = Duration::from_millis(100);

/// The nodes that were spoken to, and who owns what.
pub(crate) struct Cluster {
    /// The nodes that the URL names.
    seeds: Vec<Place>,
    /// User, password and certificates, the same for every node.
    template: Option<ConnectionInfo>,
    answer_within: Duration,
    nodes: Mutex<HashMap<Place, Arc<Node>>>,
    map: RwLock<Vec<Owned>>,
    changed: AtomicBool,
    read_at: tokio::sync::Mutex<Option<Instant>>,
}

/// Slots and their owner, ordered by slot.
#[derive(Clone)]
struct Owned {
    first: u16,
    last: u16,
    place: Place,
    node: Arc<Node>,
}

/// What an error says about the way.
enum Way {
    /// The slot has moved for good.
    Moved(Place),
    /// The slot is on its way: ask there, this once.
    Ask(Place),
    /// Nothing.
    Unknown,
}

impl Cluster {
    pub(crate) fn new(address: &Address, answer_within: Duration) -> Self {
        Self {
            seeds: address.servers.iter().filter_map(|server| place_of(server.addr())).collect(),
            template: address.servers.first().cloned(),
            answer_within,
            nodes: Mutex::default(),
            map: RwLock::default(),
            changed: AtomicBool::new(true),
            read_at: tokio::sync::Mutex::new(None),
        }
    }

    /// Sends a command to the owner of its first key, or to any node where it has none.
    pub(crate) async fn send(&self, command: &Cmd) -> RedisResult<Value> {
        self.refresh().await?;
        let owner = self.owner(slot_of(command))?;
        let (mut node, mut place, mut asking) = (owner.node, owner.place, false);
        let mut followed = 0;
        loop {
            let answer = if asking { node.send_asking(command).await } else { node.send(command).await };
            let Err(error) = answer else { return answer };
            let way = self.way(&error, &place);
            if followed == REDIRECTIONS {
                return Err(error);
            }
            followed += 1;
            (place, asking) = match way {
                Way::Moved(place) => (place, false),
                Way::Ask(place) => (place, true),
                Way::Unknown => return Err(error),
            };
            node = self.node(&place)?;
        }
    }

    /// Sends a command to every master.
    pub(crate) async fn send_each(&self, command: &Cmd) -> RedisResult<Vec<Value>> {
        self.refresh().await?;
        let mut masters: Vec<Owned> = self.map.read().unwrap_or_else(PoisonError::into_inner).clone();
        masters.sort_by(|a, b| a.place.cmp(&b.place));
        masters.dedup_by(|a, b| a.place == b.place);
        let answers = masters
            .iter()
            .map(|master| master.node.send(command).inspect_err(|error| _ = self.way(error, &master.place)));
        try_join_all(answers).await
    }

    /// Reads an error, and notes whether it tells that slots have other owners now.
    fn way(&self, error: &RedisError, asked: &Place) -> Way {
        let kind = error.kind();
        if kind == ErrorKind::Server(ServerErrorKind::Ask) {
            return named(error, asked).map_or(Way::Unknown, Way::Ask);
        }
        let moved = kind == ErrorKind::Server(ServerErrorKind::Moved);
        let down = kind == ErrorKind::Server(ServerErrorKind::ClusterDown);
        if moved || down || is_cured_by_reconnect(error) {
            self.changed.store(true, Ordering::Release);
        }
        if moved { named(error, asked).map_or(Way::Unknown, Way::Moved) } else { Way::Unknown }
    }

    fn owner(&self, slot: Option<u16>) -> RedisResult<Owned> {
        let map = self.map.read().unwrap_or_else(PoisonError::into_inner);
        let owned = match slot {
            None => map.first(),
            Some(slot) => {
                map.get(map.partition_point(|owned| owned.last < slot)).filter(|owned| owned.first <= slot)
            }
        };
        owned.cloned().ok_or_else(|| {
            self.changed.store(true, Ordering::Release);
            RedisError::from((ErrorKind::ClusterConnectionNotFound, "no node of the cluster owns the slot"))
        })
    }

    /// Reads the map if it has changed. One caller does; others go on with the old one, or wait for the first.
    async fn refresh(&self) -> RedisResult<()> {
        if self.is_current() {
            return Ok(());
        }
        let mut read_at = self.read_at.lock().await;
        let just_read = read_at.is_some_and(|at| at.elapsed() < PAUSE);
        if just_read || self.is_current() {
            return Ok(());
        }
        // Before the question: a change that is seen while the answer is on its way counts.
        self.changed.store(false, Ordering::Release);
        match self.ask_for_map().await {
            Ok(map) => self.take(map)?,
            Err(error) => {
                self.changed.store(true, Ordering::Release);
                return Err(error);
            }
        }
        *read_at = Some(Instant::now());
        Ok(())
    }

    fn is_current(&self) -> bool {
        !self.changed.load(Ordering::Acquire)
            && !self.map.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Asks every node that is known; the first answer counts, so that a dead one delays nobody.
    async fn ask_for_map(&self) -> RedisResult<Vec<Range>> {
        let mut places: Vec<Place> = self.seeds.clone();
        places.extend(self.nodes.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned());
        places.sort();
        places.dedup();
        let asked = places.into_iter().map(|place| self.ask_one(place).boxed());
        let asked: Vec<_> = asked.collect();
        if asked.is_empty() {
            return Err((ErrorKind::ClusterConnectionNotFound, "the URL names no node").into());
        }
        Ok(select_ok(asked).await?.0)
    }

    async fn ask_one(&self, place: Place) -> RedisResult<Vec<Range>> {
        let answer = self.node(&place)?.send(redis::cmd("CLUSTER").arg("SLOTS")).await?;
        let mut ranges = ranges(answer);
        if ranges.is_empty() {
            return Err((ErrorKind::ClusterConnectionNotFound, "the node knows no slots").into());
        }
        for range in ranges.iter_mut().filter(|range| range.owner.0.is_empty()) {
            range.owner.0.clone_from(&place.0);
        }
        Ok(ranges)
    }

    /// Puts a new map in force; nodes that own nothing any more are left.
    fn take(&self, ranges: Vec<Range>) -> RedisResult<()> {
        let owned = ranges.into_iter().map(|Range { first, last, owner }| {
            Ok(Owned { first, last, node: self.node(&owner)?, place: owner })
        });
        let map = owned.collect::<RedisResult<Vec<Owned>>>()?;
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        nodes.retain(|place, _| map.iter().any(|owned| owned.place == *place));
        *self.map.write().unwrap_or_else(PoisonError::into_inner) = map;
        Ok(())
    }

    fn node(&self, place: &Place) -> RedisResult<Arc<Node>> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(node) = nodes.get(place) {
            return Ok(Arc::clone(node));
        }
        let template = self.template.as_ref().ok_or((ErrorKind::InvalidClientConfig, "no server"))?;
        let client = Client::open(at_place(template, &place.0, place.1))?;
        let node = Arc::new(Node::new(Server::Fixed(client), self.answer_within));
        nodes.insert(place.clone(), Arc::clone(&node));
        Ok(node)
    }
}

fn place_of(address: &ConnectionAddr) -> Option<Place> {
    match address {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
            Some((host.clone(), *port))
        }
        _ => None,
    }
}

/// The node that a redirection names; without a host it is on the machine that was asked.
fn named(error: &RedisError, asked: &Place) -> Option<Place> {
    let (host, port) = error.redirect_node()?.0.rsplit_once(':')?;
    let host = if host.is_empty() { asked.0.as_str() } else { host };
    Some((host.to_owned(), port.parse().ok()?))
}
