//! Clients that hold the API's sockets and say nothing, or say it too slowly.

use std::time::{Duration, Instant};

use e2e::load::size;
use e2e::{Stage, effects};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// What an idle connection may cost the API, in bytes.
const PER_SOCKET: u64 = 40_000;
/// An answer while thousands of others say nothing.
const PROMPT: Duration = Duration::from_secs(2);

/// Memory that a process holds, in bytes.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

async fn sockets(host: &str, count: usize, first_words: &[u8]) -> Vec<TcpStream> {
    let mut open = Vec::with_capacity(count);
    for _ in 0..count {
        let mut socket = TcpStream::connect(host).await.unwrap();
        socket.write_all(first_words).await.unwrap();
        open.push(socket);
    }
    open
}

async fn are_borne(first_words: &[u8], what: &str) {
    let (stage, count) = (Stage::set(effects::one_face()).await, size().sockets);
    let admin = stage.administrator().await;
    admin.get("/cameras").await;
    let (pid, host) = (stage.api.process.id(), stage.api.url.strip_prefix("http://").unwrap());
    let before = memory(pid);
    let mut open = sockets(host, count, first_words).await;
    let slowest = answers_promptly(&admin, &mut open).await;
    let cost = memory(pid).saturating_sub(before);
    println!("{count} sockets {what}: {} bytes each, slowest answer {slowest:.0?}", cost / count as u64);
    assert!(cost < PER_SOCKET * count as u64, "{cost} bytes for {count} sockets");
    assert_eq!(open.len(), count);
}

/// Asks some questions, while every socket that says something says one letter more.
async fn answers_promptly(admin: &e2e::Client, open: &mut [TcpStream]) -> Duration {
    let mut slowest = Duration::ZERO;
    for socket in open.iter_mut().take(10) {
        let began = Instant::now();
        admin.get("/cameras").await;
        slowest = slowest.max(began.elapsed());
        // One that was sent away already is as good as one that waits.
        let _ = socket.write_all(b"x").await;
    }
    assert!(slowest < PROMPT, "{slowest:?}");
    slowest
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_idle_sockets_cost_bounded_memory_and_delay_nobody() {
    are_borne(b"", "idle").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_half_said_requests_cost_bounded_memory_and_delay_nobody() {
    are_borne(b"GET /api/v1/cameras HTTP/1.1\r\nHost: rollcall\r\nX-Slow: ", "in the middle of a request")
        .await;
}
