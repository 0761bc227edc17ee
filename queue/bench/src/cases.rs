//! The cases that decided for a backend of our own, shown on both, so that the day they are mended can be seen.

use std::time::{Duration, Instant};

use crate::contender::Contender;
use crate::crew::Crew;
use crate::fixture::{Act, fresh_prefix, starts_key};

/// How long a case is watched at most: the rival looks for jobs every 30 s.
const PATIENCE: Duration = Duration::from_secs(8);
const PATIENCE_WITH_RIVAL: Duration = Duration::from_secs(75);

pub(crate) async fn show(url: &str) {
    println!(
        "case                                      queue                                 apalis-redis 1.0.0"
    );
    let cases = [
        "8,000 jobs due at once",
        "two attempts of a failing job",
        "two attempts of a panic",
        "a dropped connection",
        "an unreadable payload",
    ];
    for (number, case) in cases.into_iter().enumerate() {
        let ours = run(number, url, &Contender::ours(url, fresh_prefix()).await).await;
        let rival = run(number, url, &Contender::Rival { url: url.to_owned(), prefix: fresh_prefix() }).await;
        println!("{case:40}  {ours:36}  {rival}");
    }
}

async fn run(number: usize, url: &str, contender: &Contender) -> String {
    let soon = Duration::ZERO;
    if number == 0 {
        contender.push(Act::Succeed, 8000, Duration::from_secs(1)).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let mut crew = contender.start(url).await;
    let (act, want) = match number {
        0 => (Act::Succeed, 8000),
        1 => (Act::Fail, 3),
        2 => (Act::Panic, 3),
        _ => (Act::Succeed, 1),
    };
    match number {
        0 => {}
        1 | 2 => contender.push(act, 1, soon).await,
        3 => {
            drop_connections(url).await;
            contender.push(act, 1, soon).await;
        }
        _ => {
            contender.push_nonsense().await;
            tokio::time::sleep(Duration::from_secs(3)).await;
            contender.push(act, 1, soon).await;
        }
    }
    let patience = match contender {
        Contender::Ours(_) => PATIENCE,
        Contender::Rival { .. } => PATIENCE_WITH_RIVAL,
    };
    let (starts, took) = watch(url, contender.prefix(), act, want, patience, &mut crew).await;
    let worker = if crew.is_alive() { "alive" } else { "dead" };
    format!("{starts} starts in {:4.1} s, worker {worker}", took.as_secs_f64())
}

/// Counts the starts until there are as many as wanted, or the worker or patience ends.
async fn watch(
    url: &str,
    prefix: &str,
    act: Act,
    want: u64,
    patience: Duration,
    crew: &mut Crew,
) -> (u64, Duration) {
    let client = redis::Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let began = Instant::now();
    loop {
        let mut get = redis::cmd("GET");
        get.arg(starts_key(prefix, act));
        let starts = get.query_async::<Option<u64>>(&mut connection).await.unwrap().unwrap_or(0);
        if starts >= want || began.elapsed() > patience || !crew.is_alive() {
            return (starts, began.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn drop_connections(url: &str) {
    let client = redis::Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut kill = redis::cmd("CLIENT");
    kill.arg("KILL").arg("TYPE").arg("normal").arg("SKIPME").arg("yes");
    kill.query_async::<u64>(&mut connection).await.unwrap();
}
