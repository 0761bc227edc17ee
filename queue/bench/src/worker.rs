//! A worker process of either backend: it takes jobs until its standard input ends, then prints the latencies that it
//! saw.

use std::io::Read;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apalis::prelude::{BoxDynError, Data, WorkerBuilder};
use apalis_redis::{Config, RedisStorage};
use futures_util::FutureExt;
use queue::{Delivery, Outcome, QueueShare, RedisBackend, WorkerOptions};
use redis::aio::ConnectionManager;

use crate::fixture::{Act, KIND, Payload, QUEUE, connect, now_us, starts_key};

/// What handlers share.
#[derive(Clone)]
struct Bench {
    prefix: String,
    latencies: Arc<Mutex<Vec<u64>>>,
    counts: ConnectionManager,
}

impl Bench {
    async fn new(url: &str, prefix: &str) -> Self {
        let counts = redis::Client::open(url).unwrap().get_connection_manager().await.unwrap();
        Self { prefix: prefix.to_owned(), latencies: Arc::default(), counts }
    }

    async fn handle(&self, payload: Payload) -> Result<(), BoxDynError> {
        if payload.sent_us > 0 {
            self.latencies.lock().unwrap().push(now_us().saturating_sub(payload.sent_us));
        }
        if payload.act != Act::Nothing {
            let mut count = redis::cmd("INCR");
            count.arg(starts_key(&self.prefix, payload.act));
            count.query_async::<u64>(&mut self.counts.clone()).await?;
        }
        match payload.act {
            Act::Nothing | Act::Succeed => Ok(()),
            Act::Fail => Err("as it was told".into()),
            Act::Panic => panic!("as it was told"),
        }
    }

    fn print(&self) {
        for latency in self.latencies.lock().unwrap().iter() {
            println!("{latency}");
        }
    }
}

async fn ours(delivery: Delivery, bench: Data<Bench>) -> Result<Outcome, BoxDynError> {
    bench.handle(serde_json::from_str(delivery.payload.get())?).await?;
    Ok(Outcome::Done(serde_json::Value::Null))
}

async fn rival(payload: Payload, bench: Data<Bench>) -> Result<(), BoxDynError> {
    bench.handle(payload).await
}

/// Ends with the standard input.
async fn dismissed() {
    let input = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    input.await.unwrap().unwrap();
}

pub(crate) async fn serve(url: &str, prefix: &str, concurrency: usize) {
    let bench = Bench::new(url, prefix).await;
    let queues = connect(url, prefix.to_owned()).await;
    let name = format!("bench-{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
    let mut options = WorkerOptions::new(&name, vec![QueueShare::new(QUEUE)], vec![(KIND.to_owned(), 1)]);
    options.concurrency = concurrency;
    let backend = RedisBackend::new(queues, options).unwrap();
    let control = backend.control();
    let worker = WorkerBuilder::new(name).backend(backend).data(bench.clone()).build(ours);
    let drained = async move {
        dismissed().await;
        control.drain(Duration::from_secs(1)).await;
        Ok::<(), std::io::Error>(())
    };
    worker.run_until(drained.boxed()).boxed().await.unwrap();
    bench.print();
}

/// The same with apalis-redis: its batch is the concurrency, since nothing else of it limits what runs.
pub(crate) async fn serve_rival(url: &str, prefix: &str, concurrency: usize) {
    let bench = Bench::new(url, prefix).await;
    let connection = apalis_redis::connect(url).await.unwrap();
    let config = Config::default().queue(prefix).batch_size(concurrency);
    let storage = RedisStorage::<Payload>::new(connection).with_config(config);
    let name = format!("rival-{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
    let worker = WorkerBuilder::new(name).backend(storage).data(bench.clone()).build(rival);
    let ended = tokio::select! {
        ended = worker.run() => ended,
        () = dismissed() => Ok(()),
    };
    bench.print();
    if let Err(error) = ended {
        eprintln!("apalis-redis: the worker ended: {error}");
        std::process::exit(1);
    }
}
